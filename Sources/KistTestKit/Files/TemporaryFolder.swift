private import Glibc
private import KistPosix

/// A folder of its own for one test, 0700, with a path short enough for sockets; removed with the value.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() {
        var template = Array("/tmp/kist-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no temporary folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Folder.removeTree(path) }

    /// Every file below, with its bytes.
    package func files() -> [(path: String, bytes: [UInt8])] { Self.files(below: path) }

    private static func files(below folder: String) -> [(path: String, bytes: [UInt8])] {
        var found: [(path: String, bytes: [UInt8])] = []
        for name in (try? Folder.names(in: folder)) ?? [] {
            let path = folder + "/" + name
            guard let status = try? FileStatus(of: path) else { continue }
            switch status.kind {
            case .folder: found += files(below: path)
            case .file: found.append((path, (try? File.read(path, most: 64 << 20)) ?? []))
            default: break
            }
        }
        return found
    }
}

/// Whether `needle` occurs in `haystack`.
package func contains(_ haystack: [UInt8], _ needle: [UInt8]) -> Bool {
    guard let first = needle.first, haystack.count >= needle.count else { return false }
    for start in 0...(haystack.count - needle.count)
    where haystack[start] == first && haystack[start..<start + needle.count].elementsEqual(needle) {
        return true
    }
    return false
}
