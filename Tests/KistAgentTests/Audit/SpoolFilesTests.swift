import Glibc
import KistPosix
import KistTestKit
import KistVault
import Testing

@testable import KistAgent

/// The log's files themselves.
struct SpoolFilesTests {
    let folder = TemporaryFolder()
    private var vault: String { folder.path + "/v.kist" }

    private func names() throws -> [String] { try Folder.names(in: folder.path).sorted() }

    @Test func aSegmentIsThereWholeOrNotAtAll() throws {
        let files = SpoolFiles(vault: vault)
        #expect(try files.size(of: nil) == nil)
        try files.begin(with: [1, 2, 3], retiring: nil)
        try files.append([4, 5])
        try files.begin(with: [6], retiring: 1)
        try files.append([7])
        #expect(try names() == ["v.kist.audit", "v.kist.audit.1"])
        #expect(try files.read(1, at: 0, count: 10) == [1, 2, 3, 4, 5])
        #expect(try files.read(nil, at: 0, count: 10) == [6, 7])
        #expect(try files.older() == [1])
        // Killed between the two renames.
        files.close()
        try Folder.rename(vault + ".audit", to: vault + ".audit.new")
        let next = SpoolFiles(vault: vault)
        #expect(try next.size(of: nil) == 2)
        #expect(try names() == ["v.kist.audit", "v.kist.audit.1"])
        next.close()
        // Killed before the first: what was being made goes.
        try File.replace(vault + ".audit.new", with: [9])
        #expect(try SpoolFiles(vault: vault).size(of: nil) == 2)
        #expect(try names() == ["v.kist.audit", "v.kist.audit.1"])
    }

    @Test func foreignNamesAreNoSegments() throws {
        for name in [".audit.0", ".audit.01", ".audit.-1", ".audit.x", ".audit.18446744073709551615", ".audit.2 "] {
            try File.replace(vault + name, with: [1])
        }
        #expect(try SpoolFiles(vault: vault).older() == [])
    }

    /// Nothing is written through a link, and nothing of another one's is touched.
    @Test func linksAreReplacedAndNotFollowed() throws {
        let target = folder.path + "/target"
        for (index, link) in [symlink, Glibc.link].enumerated() {
            try File.replace(target, with: Array("precious".utf8))
            try Folder.removeFile(vault + ".audit")
            #expect(link(target, vault + ".audit") == 0)
            let files = SpoolFiles(vault: vault)
            #expect(try files.size(of: nil) == nil)
            try files.begin(with: [1], retiring: nil)
            try files.append([2])
            #expect(try File.read(target, most: 100) == Array("precious".utf8), "\(index)")
            #expect(try FileStatus(of: vault + ".audit").kind == .file)
        }
    }

    @Test func whatWasReservedIsNotInTheSize() throws {
        let files = SpoolFiles(vault: vault)
        try files.begin(with: [1], retiring: nil)
        try files.reserve(100_000)
        #expect(try FileStatus(of: vault + ".audit").size == 1)
        #expect(files.isIntact(size: 1))
        try files.append([2])
        #expect(!files.isIntact(size: 1))
        #expect(files.isIntact(size: 2))
        try files.cut(to: 1)
        try files.overwrite(nil, at: 0, with: [9])
        #expect(try files.read(nil, at: 0, count: 5) == [9])
    }

    /// Names are bytes: neither letters of several bytes nor of several scalars hide a segment, nor does one look like another.
    @Test(arguments: ["trésor.kist", "tre\u{301}sor.kist", "秘密🔑.kist"])
    func anyNameKeepsItsOlderSegments(name: String) throws {
        let files = SpoolFiles(vault: folder.path + "/" + name)
        try files.begin(with: [1], retiring: nil)
        try files.begin(with: [2], retiring: 1)
        try files.begin(with: [3], retiring: 2)
        #expect(try files.older() == [1, 2])
        #expect(try files.read(1, at: 0, count: 9) == [1])
        let twin = name.unicodeScalars.contains("\u{301}") ? "trésor.kist" : "tre\u{301}sor.kist"
        if name != "秘密🔑.kist" { #expect(try SpoolFiles(vault: folder.path + "/" + twin).older() == []) }
    }

    /// Nobody waits for a pipe, and nothing is written through a link or into a device.
    @Test func whatOnlyHasTheNameOfASegmentIsNotWaitedFor() throws {
        let target = folder.path + "/target"
        try File.replace(target, with: Array("precious".utf8))
        #expect(mkfifo(vault + ".audit.7", 0o600) == 0)
        #expect(mkdir(vault + ".audit.8", 0o700) == 0)
        #expect(symlink(target, vault + ".audit.9") == 0)
        let files = SpoolFiles(vault: vault)
        for number in try files.older() {
            #expect(throws: AuditStoreError.self) { try files.read(number, at: 0, count: 1) }
            #expect(throws: AuditStoreError.self) { try files.overwrite(number, at: 0, with: [1]) }
        }
        #expect(try files.older() == [7, 8, 9])
        #expect(try File.read(target, most: 100) == Array("precious".utf8))
    }

    /// An error after the renames: the log goes on with its old number, and the next attempt takes nothing away.
    @Test func anErrorBehindTheRenamesOverwritesNoFullSegment() throws {
        let files = SpoolFiles(vault: vault)
        try files.begin(with: [1, 2, 3], retiring: nil)
        // As after both renames, without the new descriptors.
        try Folder.rename(vault + ".audit", to: vault + ".audit.1")
        try File.replace(vault + ".audit", with: [9])
        try files.append([4])
        try files.begin(with: [6], retiring: 1)
        try files.append([7])
        #expect(try files.read(1, at: 0, count: 10) == [1, 2, 3, 4])
        #expect(try files.read(nil, at: 0, count: 10) == [6, 7])
        #expect(try files.older() == [1])
    }
}
