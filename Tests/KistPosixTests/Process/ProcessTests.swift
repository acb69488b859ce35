import Glibc
import KistPosix
import KistTestKit
import Testing

struct ProcessTests {
    @Test func aWatchedProcessThatEndsIsNoticed() throws {
        let child = Command.start(["/bin/sleep", "60"])
        let watched = try Process.watch(child.pid)
        #expect(!UnixSocket.wait(watched.raw, toWrite: false, milliseconds: 0))
        child.kill(SIGKILL)
        #expect(UnixSocket.wait(watched.raw, toWrite: false, milliseconds: 30_000))
        _ = child.wait()
        #expect(throws: PosixError("pidfd_open", ESRCH)) { _ = try Process.watch(child.pid) }
    }

    @Test func anOrphanGetsNothingButItsPipe() throws {
        let pipe = try Descriptor.makePipe()
        let open = try File.open("/dev/null", flags: O_RDONLY)
        open.setCloseOnExec(false)
        // The shell says what it was given: descriptors, environment, folder, umask, blocked and ignored signals. It
        // reads its masks by itself: while it starts another program, it blocks every signal for a moment.
        let masks = "while read -r line; do case $line in Sig[BI]*) echo \"$line\";; esac; done </proc/$$/status"
        try Process.startOrphan(
            "/bin/sh", arguments: ["-c", "exec >&3; ls /proc/$$/fd; env; pwd; umask; \(masks)"],
            passing: pipe.writing)
        let reading = pipe.takeReading()
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = try bytes.withUnsafeMutableBytes { try reading.read(into: $0) }
            if count == 0 { break }
            text += String(decoding: bytes[..<count], as: UTF8.self)
        }
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.prefix(4) == ["0", "1", "2", "3"])
        // `sh` sets these itself.
        let environment = lines.dropFirst(4).filter { $0.contains("=") }.map { $0.prefix { $0 != "=" } }
        #expect(Set(environment).isSubset(of: ["PWD", "OLDPWD", "_", "SHLVL"]))
        #expect(lines.contains("/"))
        #expect(lines.contains("0077"))
        let numbers = lines.filter { $0.hasPrefix("Sig") }.compactMap { UInt64($0.suffix(16), radix: 16) }
        // 32 and 33 belong to the C library, which lets nobody touch them.
        #expect(numbers.map { $0 & ~(3 << 31) } == [0, 0])
    }

    @Test func whatCannotBeExecutedSaysSo() throws {
        let pipe = try Descriptor.makePipe()
        try Process.startOrphan("/nowhere", arguments: [], passing: pipe.writing)
        var bytes = [UInt8](repeating: 0, count: 8)
        let count = try bytes.withUnsafeMutableBytes { try pipe.reading.read(into: $0) }
        #expect(Array(bytes[..<count]) == [UInt8(ascii: "X"), UInt8(ENOENT)])
    }

    @Test func startTimesTellProcessesApart() throws {
        let own = try #require(Process.startTime(of: getpid()))
        #expect(own > 0)
        #expect(Process.startTime(of: getpid()) == own)
        let child = Command.start(["/bin/sleep", "60"])
        let childStart = Process.startTime(of: child.pid)
        #expect((childStart ?? 0) >= own)
        child.kill(SIGKILL)
        _ = child.wait()
        #expect(Process.startTime(of: child.pid) == nil)
    }
}
