import Glibc
import KistPosix
import KistTestKit
import Testing

struct UnixSocketTests {
    let folder = TemporaryFolder()

    @Test func pathsThatDoNotFitAreRefused() throws {
        let longest =
            folder.path + "/" + String(repeating: "x", count: UnixSocket.longestPath - folder.path.utf8.count - 1)
        #expect(longest.utf8.count == UnixSocket.longestPath)
        let listener = try UnixSocket.listen(at: longest)
        let client = try UnixSocket.connect(to: longest)
        #expect(client.raw != listener.raw)
        // One byte more would be cut off silently by a careless caller.
        #expect(throws: PosixError("bind", ENAMETOOLONG)) { _ = try UnixSocket.listen(at: longest + "x") }
        #expect(throws: PosixError("connect", ENAMETOOLONG)) { _ = try UnixSocket.connect(to: longest + "x") }
    }

    @Test func thePeerIsKnown() throws {
        let pair = try UnixSocket.makePair()
        let peer = try UnixSocket.peer(of: pair.one.raw)
        #expect(peer.pid == getpid())
        #expect(peer.uid == geteuid())
    }

    @Test func twoPartsAreOneStream() throws {
        let pair = try UnixSocket.makePair()
        let (first, second) = (Array("secret".utf8), Array(" and more".utf8))
        let sent = try first.withUnsafeBytes { one in
            try second.withUnsafeBytes { other in try UnixSocket.send(pair.one.raw, one, other) }
        }
        #expect(sent == 15)
        var (head, tail) = ([UInt8](repeating: 0, count: 6), [UInt8](repeating: 0, count: 20))
        let got = try head.withUnsafeMutableBytes { one in
            try tail.withUnsafeMutableBytes { other in try UnixSocket.receive(pair.other.raw, one, other) }
        }
        #expect(got == 15)
        #expect(head == first)
        #expect(Array(tail[..<9]) == second)
    }

    @Test func writingToNobodyIsAnErrorAndNoSignal() throws {
        let pair = try UnixSocket.makePair()
        let end = pair.takeOne()
        #expect(throws: PosixError("send", EPIPE)) {
            try [1, 2, 3].withUnsafeBytes { _ = try UnixSocket.send(end.raw, $0) }
        }
        #expect(UnixSocket.hasEnded(end.raw))
    }

    @Test func aPollerNamesWhatIsReady() throws {
        let poller = try Poller()
        let wakeup = try Wakeup()
        let pair = try UnixSocket.makePair()
        try poller.add(wakeup.raw, .readable, token: 7)
        try poller.add(pair.one.raw, .writable, token: 8)
        var events: [Poller.Event] = []
        poller.wait(milliseconds: 0, into: &events)
        #expect(events.map(\.token) == [8])
        wakeup.signal()
        poller.remove(pair.one.raw)
        poller.wait(milliseconds: 1_000, into: &events)
        #expect(events.map(\.token) == [7])
        wakeup.clear()
        poller.wait(milliseconds: 0, into: &events)
        #expect(events.isEmpty)
    }
}
