import Glibc
import KistPosix
import KistTestKit
import Testing

struct FileTests {
    let folder = TemporaryFolder()

    @Test func realPathsOfWhatIsThereAndWhatIsNot() throws {
        let top = folder.path
        try Folder.make(top + "/a/b")
        symlink(top + "/a", top + "/link")
        symlink(top + "/nowhere", top + "/dangling")
        #expect(try Folder.realPath(of: top + "/link/b") == top + "/a/b")
        #expect(try Folder.realPath(of: top + "/link/b/new/file") == top + "/a/b/new/file")
        #expect(try Folder.realPath(of: top + "/link/../a/./b/") == top + "/a/b")
        #expect(try Folder.realPath(of: "/") == "/")
        // Where a link leads that leads nowhere cannot be known, and `..` after nothing is nothing.
        for path in ["/dangling", "/dangling/x", "/none/..", "/none/../a"] {
            #expect(throws: PosixError.self) { try Folder.realPath(of: top + path) }
        }
    }

    @Test func replacingIsWholeAndPrivate() throws {
        let path = folder.path + "/file"
        try File.replace(path, with: Array("one".utf8))
        try File.replace(path, with: Array("two".utf8))
        #expect(try File.read(path, most: 10) == Array("two".utf8))
        #expect(try FileStatus(of: path).mode == 0o600)
        #expect(try Folder.names(in: folder.path) == ["file"])
        // A failure leaves what was there, and nothing else.
        try Folder.make(folder.path + "/folder/inner")
        #expect(throws: PosixError.self) { try File.replace(folder.path + "/folder", with: [1]) }
        #expect(try Folder.names(in: folder.path).sorted() == ["file", "folder"])
        #expect(throws: PosixError("read", EFBIG)) { try File.read(path, most: 2) }
        #expect(try File.read(path, most: 3).count == 3)
    }

    /// What says nothing of its size: a pipe that is fed piece by piece, a file of the kernel's.
    @Test(arguments: [0, 1, 4_095, 4_096, 4_097, 8_192, 60_000])
    func whatSaysNothingOfItsSizeIsReadWhole(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for most in [count, count + 1, count + 5_000, 1 << 21] { #expect(try fed(bytes, most) == bytes) }
        if count > 0 { #expect(throws: PosixError("read", EFBIG)) { try fed(bytes, count - 1) } }
        #expect(try File.read("/proc/self/status", most: 1 << 20).starts(with: Array("Name:".utf8)))
    }

    private func fed(_ bytes: [UInt8], _ most: Int) throws -> [UInt8] {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let writing = ends[1]
        try Process.startThread { try? Descriptor(owning: writing).write(bytes) }
        return try File.read(Descriptor(owning: ends[0]), most: most)
    }

    @Test func replacingThroughALinkReplacesTheLink() throws {
        let path = folder.path + "/file"
        try File.replace(folder.path + "/other", with: Array("keep".utf8))
        symlink(folder.path + "/other", path)
        try File.replace(path, with: Array("new".utf8))
        #expect(try FileStatus(of: path).kind == .file)
        #expect(try File.read(folder.path + "/other", most: 10) == Array("keep".utf8))
    }

    @Test func removingATreeDoesNotFollowLinks() throws {
        try Folder.make(folder.path + "/tree/deep")
        try Folder.make(folder.path + "/kept")
        try File.replace(folder.path + "/kept/file", with: [1])
        try File.replace(folder.path + "/tree/deep/file", with: [1])
        symlink(folder.path + "/kept", folder.path + "/tree/link")
        Folder.removeTree(folder.path + "/tree")
        #expect(try Folder.names(in: folder.path) == ["kept"])
        #expect(try File.read(folder.path + "/kept/file", most: 1) == [1])
    }

    @Test func oneLockHasOneHolder() throws {
        let path = folder.path + "/lock"
        let first = try File.open(path, flags: O_RDWR | O_CREAT)
        #expect(try FileLock.tryLock(first))
        do {
            let second = try File.open(path, flags: O_RDWR)
            #expect(try !FileLock.tryLock(second))
            FileLock.unlock(first)
            #expect(try FileLock.tryLock(second))
        }
        #expect(try FileLock.tryLock(first))
    }

    @Test func everythingThatIsOpenedClosesAtExec() throws {
        func closes(_ descriptor: Int32) -> Bool {
            guard let bytes = try? File.read("/proc/self/fdinfo/\(descriptor)", most: 4_096) else { return false }
            let flags = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("flags:") }
            guard let text = flags?.split(separator: "\t").last, let value = Int32(text, radix: 8) else { return false }
            return value & O_CLOEXEC != 0
        }
        let file = try File.open(folder.path + "/x", flags: O_RDWR | O_CREAT)
        let pipe = try Descriptor.makePipe()
        let pair = try UnixSocket.makePair()
        let listener = try UnixSocket.listen(at: folder.path + "/s")
        let client = try UnixSocket.connect(to: folder.path + "/s")
        let accepted = try #require(try UnixSocket.accept(listener.raw)?.release())
        defer { close(accepted) }
        let process = try Process.watch(getpid())
        for raw in [
            file.raw, pipe.reading.raw, pipe.writing.raw, pair.one.raw, pair.other.raw, listener.raw, client.raw,
            accepted,
            process.raw,
        ] { #expect(closes(raw)) }
        // The control.
        file.setCloseOnExec(false)
        #expect(!closes(file.raw))
    }
}
