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
}
