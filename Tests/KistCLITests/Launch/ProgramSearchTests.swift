import Glibc
import Testing

@testable import KistCLI

@Suite struct ProgramSearchTests {
    @Test func itAgreesWithExecvp() throws {
        let folder = try TemporaryFolder()
        try folder.write("tool", "#!/bin/sh\n", mode: 0o755)
        try folder.write("plain", "text", mode: 0o644)
        try folder.make("directory")
        let path = "/nowhere:\(folder.path)"
        #expect(ProgramSearch.find("tool", path: path) == .path("\(folder.path)/tool"))
        #expect(ProgramSearch.find("plain", path: path) == .notExecutable("\(folder.path)/plain"))
        #expect(ProgramSearch.find("directory", path: path) == .notExecutable("\(folder.path)/directory"))
        #expect(ProgramSearch.find("missing", path: path) == .missing)
        #expect(ProgramSearch.find("\(folder.path)/tool", path: nil) == .path("\(folder.path)/tool"))
        #expect(ProgramSearch.find("", path: path) == .missing)
    }

    @Test func bytesThatAreNoTextStayAsTheyAre() throws {
        let folder = try TemporaryFolder()
        let name: [UInt8] = [0x74, 0xFF]
        let path = Array("\(folder.path)/".utf8) + name
        let text = path.map { CChar(bitPattern: $0) } + [0]
        let descriptor = creat(text, 0o755)
        #expect(descriptor >= 0)
        close(descriptor)
        defer { unlink(text) }
        guard case .path(let found) = ProgramSearch.findBytes(name, path: Array(folder.path.utf8)) else {
            Issue.record("not found")
            return
        }
        #expect(found == path)
    }
}

/// A folder that goes with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/kist-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Failure("mkdtemp") }
        path = String(cString: realpath(made, nil)!)
    }

    deinit { remove(path) }

    func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws {
        let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode)
        guard descriptor >= 0 else { throw Failure("open \(name)") }
        _ = text.withCString { Glibc.write(descriptor, $0, strlen($0)) }
        fchmod(descriptor, mode)
        close(descriptor)
    }

    func make(_ name: String) throws {
        var at = path
        for part in name.split(separator: "/") {
            at += "/\(part)"
            mkdir(at, 0o700)
        }
    }

    func link(_ name: String, to target: String) { symlink(target, "\(path)/\(name)") }

    private func remove(_ path: String) {
        if let stream = opendir(path) {
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { remove("\(path)/\(name)") }
            }
            closedir(stream)
        }
        Glibc.remove(path)
    }
}
