import Glibc
import KistPosix
import KistTestKit
import Testing

/// B15: what a process that has given up everything else can still do, tried in a process of its own; and the control,
/// that all of it works before. None of it needs to be root, and none of it is skipped when it is.
@Suite struct SandboxTests {
    /// Each attempt by name: whether it succeeded, which must be so before and not after.
    private static let attempts: [(name: String, try: @Sendable (Place) -> Bool)] = [
        ("open a system file", { _ in can(open("/etc/passwd", O_RDONLY | O_CLOEXEC)) }),
        ("open a file of the same user", { can(open($0.outside + "/secret", O_RDONLY | O_CLOEXEC)) }),
        ("write a file of the same user", { can(open($0.outside + "/secret", O_WRONLY | O_CLOEXEC)) }),
        ("make a file elsewhere", { can(open($0.outside + "/new", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)) }),
        ("list a folder", { can(open($0.outside, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) }),
        ("follow a planted link", { can(open($0.inside + "/planted", O_RDONLY | O_CLOEXEC)) }),
        ("remove a file elsewhere", { unlink($0.outside + "/victim") == 0 }),
        ("plant a link", { symlink("/etc/passwd", $0.inside + "/link") == 0 }),
        ("make an internet socket", { _ in can(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)) }),
        ("ask the kernel's network", { _ in can(socket(AF_NETLINK, Int32(SOCK_RAW.rawValue), 0)) }),
        ("call a Unix socket", { (try? UnixSocket.connect(to: $0.outside + "/sock")) != nil }),
        ("send to a Unix socket from a pair", { canSend(to: $0.outside + "/datagrams") }),
        ("make a message queue", { _ in canMakeQueue() }),
        ("start a program", { _ in canSpawn() }),
        ("make a process", { _ in canFork() }),
        ("signal another process", { kill($0.other, SIGCONT) == 0 }),
        ("make memory that runs", { _ in canMakeCode() }),
    ]

    struct Place: Sendable {
        var inside: String
        var outside: String
        var other: Int32
    }

    @Test func whatWasGivenUpIsRefused() async {
        await #expect(processExitsWith: .success) {
            let inside = TemporaryFolder()
            let outside = TemporaryFolder()
            let listener = try UnixSocket.listen(at: outside.path + "/sock")
            let letters = SandboxTests.datagrams(at: outside.path + "/datagrams")
            precondition(letters >= 0)
            let place = Place(inside: inside.path, outside: outside.path, other: getppid())
            try File.replace(outside.path + "/secret", with: [1])
            symlink(outside.path + "/secret", inside.path + "/planted")
            let pair = try UnixSocket.makePair()
            func refused() throws -> [String] {
                try File.replace(outside.path + "/victim", with: [1])
                unlink(inside.path + "/link")
                return Self.attempts.filter { !$0.try(place) }.map(\.name)
            }
            let before = try refused()
            precondition(before.isEmpty, "the control, refused before: \(before)")
            try File.replace(outside.path + "/victim", with: [1])
            precondition(Confinement.level > 0, "this kernel has no Landlock")
            let failed = Confinement.apply(writable: [inside.path], readable: ["/proc"])
            precondition(failed == nil, "Landlock: \(failed ?? 0)")
            precondition(Sealing.apply() == nil)
            let still = Self.attempts.filter { $0.try(place) }.map(\.name)
            precondition(still.isEmpty, "still possible: \(still)")
            // What the agent needs still works: its folders, threads, sockets that it has, what /proc says.
            try File.replace(inside.path + "/mine", with: [1, 2])
            let mine = try File.read(inside.path + "/mine", most: 8)
            precondition(mine == [1, 2])
            try Folder.make(inside.path + "/folder")
            Folder.removeTree(inside.path + "/folder")
            precondition(Process.startTime(of: place.other) != nil)
            precondition(listener.raw >= 0 && write(pair.one.raw, "x", 1) == 1)
            let wakeup = try Wakeup()
            try Process.startThread { wakeup.signal() }
            precondition(UnixSocket.wait(wakeup.raw, toWrite: false, milliseconds: 30_000))
            var argv = [strdup("/bin/false"), nil]
            execve("/bin/false", &argv, [nil])
            precondition(errno == EPERM || errno == EACCES)
            exit(0)
        }
    }

    /// A thread that starts later is born inside; what is not there is passed over.
    @Test func threadsThatStartLaterAreConfinedToo() async {
        await #expect(processExitsWith: .success) {
            let inside = TemporaryFolder()
            precondition(Confinement.apply(writable: [inside.path, "/nowhere"], readable: []) == nil)
            let wakeup = try Wakeup()
            let folder = inside.path
            try Process.startThread {
                let outside = SandboxTests.can(open("/etc/passwd", O_RDONLY))
                let within = SandboxTests.can(open(folder + "/new", O_RDWR | O_CREAT, 0o600))
                if !outside, within { wakeup.signal() }
            }
            precondition(UnixSocket.wait(wakeup.raw, toWrite: false, milliseconds: 30_000))
            exit(0)
        }
    }

    static func can(_ descriptor: Int32) -> Bool {
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }

    private static func canSpawn() -> Bool {
        var pid: pid_t = 0
        var argv = [strdup("/bin/true"), nil]
        guard posix_spawn(&pid, "/bin/true", nil, nil, &argv, nil) == 0 else { return false }
        return ends(pid)
    }

    private static func canFork() -> Bool {
        (try? Process.startOrphan("/bin/true", arguments: [], passing: Descriptor(owning: dup(2)))) != nil
    }

    /// A socket that takes datagrams from whoever knows its path.
    private static func datagrams(at path: String) -> Int32 {
        let made = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        let failed = withAddress(path) { bind(made, $0, $1) }
        return failed == 0 ? made : -1
    }

    private static func canSend(to path: String) -> Bool {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, &ends) == 0 else { return false }
        defer { for end in ends { close(end) } }
        return withAddress(path) { sendto(ends[0], "x", 1, 0, $0, $1) } == 1
    }

    private static func withAddress<R>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Looked up by name: Swift calls no variadic function.
    private static func canMakeQueue() -> Bool {
        typealias Open = @convention(c) (UnsafePointer<CChar>, Int32, UInt32, UnsafeRawPointer?) -> Int32
        typealias Unlink = @convention(c) (UnsafePointer<CChar>) -> Int32
        let open = unsafeBitCast(dlsym(nil, "mq_open"), to: Open.self)
        let unlink = unsafeBitCast(dlsym(nil, "mq_unlink"), to: Unlink.self)
        let name = "/kist-test-\(getpid())"
        let made = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600, nil)
        guard made >= 0 else { return false }
        close(made)
        return unlink(name) == 0
    }

    private static func ends(_ pid: pid_t) -> Bool {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return true
    }

    private static func canMakeCode() -> Bool {
        let page = mmap(nil, 4_096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let page, page != MAP_FAILED else { return true }
        defer { munmap(page, 4_096) }
        return mprotect(page, 4_096, PROT_READ | PROT_EXEC) == 0
    }
}
