import Glibc
import KistPosix
import SecretMemory

/// What one call of git prints, read as it comes.
///
/// A repository's settings can name programs: those that git would start for these calls are switched off, and it may
/// neither fetch what is missing nor ask for a password.
final class GitOutput {
    private let output: Descriptor
    private let pid: pid_t
    private let what: String
    private var buffer = SecretBytes(count: 65_536) { _ in }
    private var start = 0
    private var stop = 0
    private var isWaited = false

    private static let settings = [
        "-c", "core.fsmonitor=false", "-c", "core.pager=cat", "-c", "protocol.allow=never", "--no-pager",
        "--no-replace-objects",
    ]
    private static let noHooks = ["-c", "core.hooksPath=/dev/null"]
    private static let variables = [
        "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_EXTERNAL_DIFF=", "LC_ALL=C",
        // A protocol that there is not: this goes before what a repository's settings allow single ones.
        "GIT_ALLOW_PROTOCOL=none",
    ]
    /// Names and heads longer than this are none.
    private static let longestText = 65_536

    /// - Parameters:
    ///   - input: what git reads.
    ///   - keepingHooks: whether the folder of hooks stays the one that is set (to ask for it).
    init(
        _ arguments: [String], in folder: String, input: String? = nil, keepingHooks: Bool = false
    ) throws(Failure) {
        what = "git \(arguments[0])"
        var given: Int32 = -1
        if let input {
            given = File.memory("kist")
            guard given >= 0, Array(input.utf8).withUnsafeBytes({ Glibc.write(given, $0.baseAddress, $0.count) }) > 0,
                lseek(given, 0, SEEK_SET) == 0
            else { throw Failure("\(what): no memory for its input") }
        }
        defer { if given >= 0 { close(given) } }
        let pipe: PipeEnds
        do throws(PosixError) { pipe = try Descriptor.makePipe() } catch { throw Failure("\(what): \(error)") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if given >= 0 {
            posix_spawn_file_actions_adddup2(&actions, given, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, pipe.writing.raw, 1)
        var argv: [UnsafeMutablePointer<CChar>?] =
            (["git", "-C", folder] + Self.settings + (keepingHooks ? [] : Self.noHooks) + arguments).map { strdup($0) }
            + [nil]
        let names = Set(Self.variables.map { $0.prefix { $0 != "=" } })
        let kept = Environment.entries.filter { entry in !names.contains(entry.prefix { $0 != "=" }) }
        var variables: [UnsafeMutablePointer<CChar>?] = (kept + Self.variables).map { strdup($0) } + [nil]
        defer { for text in argv + variables { free(text) } }
        var pid: pid_t = 0
        let failed = posix_spawnp(&pid, "git", &actions, nil, &argv, &variables)
        output = pipe.takeReading()
        self.pid = pid
        guard failed == 0 else {
            isWaited = true
            throw Failure("git could not be started: \(String(cString: strerror(failed)))")
        }
    }

    deinit {
        if !isWaited {
            kill(pid, SIGTERM)
            _ = wait()
        }
    }

    /// - Throws: when git failed; it has said why on standard error.
    func end() throws(Failure) {
        isWaited = true
        guard wait() == 0 else { throw Failure("\(what) failed (it says why above)") }
    }

    /// Text up to `mark`, which is taken, too; `nil` at the end.
    func text(to mark: UInt8) throws(Failure) -> String? {
        var text: [UInt8] = []
        while true {
            if start == stop, try fill() == 0 {
                guard text.isEmpty else { throw Failure("\(what) ended early") }
                return nil
            }
            let (from, to) = (start, stop)
            let found = buffer.withBytes { bytes -> Int? in
                let part = bytes[from..<to]
                let end = part.firstIndex(of: mark)
                text += part[..<(end ?? to)]
                return end
            }
            start = found.map { $0 + 1 } ?? stop
            guard text.count <= Self.longestText else {
                throw Failure("\(what) answered in another form than expected")
            }
            if found != nil { return String(decoding: text, as: UTF8.self) }
        }
    }

    /// Some bytes; 0 when there are no more of them.
    func read(into target: UnsafeMutableRawBufferPointer, atMost most: Int) throws(Failure) -> Int {
        guard most > 0 else { return 0 }
        if start == stop, try fill() == 0 { throw Failure("\(what) ended early") }
        let (from, count) = (start, min(most, stop - start, target.count))
        buffer.withBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: target[..<count]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[from..<from + count]))
        }
        start += count
        return count
    }

    func skip(_ count: Int) throws(Failure) {
        var left = count
        while left > 0 {
            if start == stop, try fill() == 0 { throw Failure("\(what) ended early") }
            let some = min(left, stop - start)
            start += some
            left -= some
        }
    }

    private func fill() throws(Failure) -> Int {
        while true {
            let count = buffer.withMutableBytes { Glibc.read(output.raw, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure("\(what): \(String(cString: strerror(errno)))") }
            (start, stop) = (0, count)
            return count
        }
    }

    private func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
