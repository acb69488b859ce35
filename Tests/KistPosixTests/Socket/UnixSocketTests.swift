import Glibc
import KistPosix
import KistTestKit
import Testing

struct UnixSocketTests {
    /// B6: a thousand programs that connect and are gone at once, so that their numbers can be given away. The handle is
    /// of the one that connected, or there is none.
    @Test func whoConnectedIsNeverTakenForALaterProcess() throws {
        let folder = TemporaryFolder()
        let listener = try UnixSocket.listen(at: folder.path + "/sock", backlog: 1_024)
        let visitors = 1_000
        // Each child connects and ends; every second one leaves its number to the next.
        let program =
            "import os,socket,sys\n"
            + "for i in range(\(visitors)):\n"
            + " p=os.fork()\n"
            + " if p==0:\n"
            + "  s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); os._exit(0)\n"
            + " if i%2: os.waitpid(p,0)\n"
        let starter = Command.start(["/usr/bin/python3", "-c", program, folder.path + "/sock"])
        var (met, ended) = (0, 0)
        while met < visitors {
            guard UnixSocket.wait(listener.raw, toWrite: false, milliseconds: 30_000) else { break }
            guard let socket = try UnixSocket.accept(listener.raw) else { continue }
            met += 1
            let peer = try UnixSocket.peer(of: socket.raw)
            guard let process = UnixSocket.peerProcess(of: socket.raw) else {
                ended += 1
                continue
            }
            let command = try? File.read("/proc/\(peer.pid)/cmdline", most: 65_536)
            // Still the one that connected: then what was read is its own.
            guard !UnixSocket.wait(process.raw, toWrite: false, milliseconds: 0) else {
                ended += 1
                continue
            }
            // One that is just ending has no command any more, and is still itself.
            guard let command, !command.isEmpty else { continue }
            #expect(String(decoding: command, as: UTF8.self).contains(folder.path))
        }
        #expect(met == visitors)
        #expect(starter.wait().status == 0)
        // The control: one that stays is met.
        let stays = Command.start(
            [
                "/usr/bin/python3", "-c",
                "import socket,sys,time;s=socket.socket(socket.AF_UNIX);s.connect(sys.argv[1]);time.sleep(60)",
                folder.path + "/sock",
            ])
        #expect(UnixSocket.wait(listener.raw, toWrite: false, milliseconds: 30_000))
        guard let socket = try UnixSocket.accept(listener.raw), let process = UnixSocket.peerProcess(of: socket.raw)
        else {
            Issue.record("nobody was met who stays")
            return
        }
        #expect(!UnixSocket.wait(process.raw, toWrite: false, milliseconds: 0))
        stays.kill(SIGKILL)
        _ = stays.wait()
        #expect(UnixSocket.wait(process.raw, toWrite: false, milliseconds: 30_000))
    }

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

    @Test func whoTakesNobodyInIsNotWaitedForWithoutEnd() throws {
        let place = folder.path + "/full"
        let listener = try UnixSocket.listen(at: place, backlog: 0)
        let first = try UnixSocket.connect(to: place, milliseconds: 50)
        #expect(throws: PosixError("connect", EAGAIN)) { _ = try UnixSocket.connect(to: place, milliseconds: 50) }
        // Once one is taken in, there is room.
        guard let taken = try UnixSocket.accept(listener.raw) else {
            Issue.record("nobody waits")
            return
        }
        #expect(taken.raw != first.raw)
        _ = try UnixSocket.connect(to: place, milliseconds: 50)
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
