private import CKistPosix
private import Glibc

/// Facts about this process, its user and its machine, and about other processes.
package enum Process {
    package static var id: Int32 { getpid() }
    package static var user: UInt32 { geteuid() }

    /// The path of the running executable.
    package static func executable() throws(PosixError) -> String {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = bytes.withUnsafeMutableBytes {
            readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
        }
        guard count > 0, count < bytes.count else { throw PosixError("readlink") }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// The user's home folder as `/etc/passwd` has it. Nobody else is asked: a look-up of users loads libraries that the
    /// machine's configuration names, and this process holds secrets.
    package static var home: String? {
        guard let table = fopen("/etc/passwd", "re") else { return nil }
        defer { fclose(table) }
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var space = [CChar](repeating: 0, count: 16_384)
        while fgetpwent_r(table, &entry, &space, space.count, &found) == 0, found != nil {
            guard entry.pw_uid == geteuid() else { continue }
            let home = String(cString: entry.pw_dir)
            return home.isEmpty ? nil : home
        }
        return nil
    }

    package static var host: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { name in
            name.initialize(repeating: 0)
            return gethostname(name.baseAddress!, 255) == 0 ? String(cString: name.baseAddress!) : ""
        }
    }

    /// Differs after every boot of this machine.
    package static var bootID: String {
        guard let bytes = try? File.read("/proc/sys/kernel/random/boot_id", most: 64) else { return "" }
        return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }

    /// The namespace in which numbers of processes mean something: a container has another one than its host. 0 where that
    /// cannot be seen.
    package static var namespace: UInt64 {
        (try? FileStatus(of: "/proc/self/ns/pid", followingLinks: true))?.inode ?? 0
    }

    /// When process `pid` started, in clock ticks since boot: tells it from a later one with the same number.
    package static func startTime(of pid: Int32) -> UInt64? {
        guard let bytes = try? File.read("/proc/\(pid)/stat", most: 4_096),
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19 else { return nil }
        return UInt64(String(decoding: fields[19], as: UTF8.self))
    }

    /// The process that `pid` is a child of now.
    package static func parent(of pid: Int32) -> Int32? {
        guard let bytes = try? File.read("/proc/\(pid)/stat", most: 4_096),
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        return fields.count > 1 ? Int32(String(decoding: fields[1], as: UTF8.self)) : nil
    }

    /// Raises the limit of open descriptors as far as this user may.
    ///
    /// - Returns: how many may be open now.
    @discardableResult
    package static func raiseDescriptorLimit(to wanted: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(7), &limit) == 0 else { return 1_024 }
        if limit.rlim_cur < rlim_t(wanted) {
            var raised = limit
            raised.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
            if setrlimit(__rlimit_resource_t(7), &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// New files are this user's alone, whatever the starter had set.
    package static func makeFilesPrivate() { _ = umask(0o077) }

    /// The most bytes that this process may lock (`RLIMIT_MEMLOCK`), -1 for no limit.
    package static var lockedMemoryLimit: Int64 {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(8), &limit) == 0, limit.rlim_cur != rlim_t.max else { return -1 }
        return Int64(clamping: limit.rlim_cur)
    }

    /// A descriptor that becomes readable when process `pid` ends.
    package static func watch(_ pid: Int32) throws(PosixError) -> Descriptor {
        let raw = kist_pidfd_open(pid)
        guard raw >= 0 else { throw PosixError("pidfd_open") }
        return Descriptor(owning: raw)
    }

    /// Starts a program as an orphan in a session of its own, with an empty environment, in `/`, with umask 077,
    /// descriptors 0 to 2 on /dev/null, `pass` as 3 and `other` as 4.
    ///
    /// When the program cannot be executed, `X` and the errno (one byte) come out of `pass`.
    package static func startOrphan(
        _ path: String, arguments: [String], passing pass: borrowing Descriptor, and other: Int32 = -1
    ) throws(PosixError) {
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        argv.append(nil)
        defer { for argument in argv { free(argument) } }
        let failed = kist_spawn_orphan(path, argv, pass.raw, other)
        guard failed == 0 else { throw PosixError("fork", failed) }
    }

    /// Runs `body` on a thread of its own, with all signals blocked.
    package static func startThread(_ body: @escaping @Sendable () -> Void) throws(PosixError) {
        let box = Unmanaged.passRetained(ThreadBody(run: body))
        let failed = kist_thread(
            { context in
                Unmanaged<ThreadBody>.fromOpaque(context!).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard failed == 0 else {
            box.release()
            throw PosixError("pthread_create", failed)
        }
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(run: @escaping @Sendable () -> Void) { self.run = run }
}
