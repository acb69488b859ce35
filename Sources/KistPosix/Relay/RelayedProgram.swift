private import CKistPosix
private import Glibc

/// A program whose output goes through this process.
package final class RelayedProgram {
    package typealias Words = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    package enum Event: Equatable, Sendable {
        /// By a signal of job control or another.
        case stopped(Int32)
        /// Its exit code, or 128 + N when signal N ended it.
        case ended(Int32)
    }

    /// What is to be started. The pointers hold while `start` runs.
    package struct Call {
        package var path: [CChar]
        package var arguments: Words
        /// For a script without a first line that names its program.
        package var shell: Words
        package var variables: Words
        package var descriptors: [Int32]

        package init(path: [CChar], arguments: Words, shell: Words, variables: Words, descriptors: [Int32]) {
            self.path = path
            self.arguments = arguments
            self.shell = shell
            self.variables = variables
            self.descriptors = descriptors
        }
    }

    private let id: Int32
    /// To the process that leads the program's own session; -1 when the program is our child.
    private let channel: Int32
    private var last: Event?

    private init(id: Int32, channel: Int32) {
        self.id = id
        self.channel = channel
    }

    deinit {
        guard channel >= 0 else { return }
        close(channel)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
    }

    /// Starts it in this session and group.
    package static func start(_ call: Call) throws(PosixError) -> RelayedProgram {
        var child: pid_t = 0
        let failed = kist_relay_start(
            call.path, call.arguments, call.shell, call.variables, call.descriptors, &child)
        guard failed == 0 else { throw PosixError("posix_spawn", failed) }
        return RelayedProgram(id: child, channel: -1)
    }

    /// Starts it in a session of its own.
    ///
    /// - Parameters:
    ///   - terminal: the program's end of its terminal.
    ///   - outer: the terminal that is to be put back if this process is killed.
    ///   - forget: wipes the secrets in the process that leads the session, which is a copy of this one.
    package static func startSession(
        _ call: Call, terminal: Int32, outer: Int32, forget: @convention(c) () -> Void
    ) throws(PosixError) -> RelayedProgram {
        var channel: Int32 = -1
        var leader: pid_t = 0
        let failed = kist_relay_session(
            call.path, call.arguments, call.shell, call.variables, call.descriptors, terminal, outer, forget, &channel,
            &leader)
        guard failed == 0 else { throw PosixError("fork", failed) }
        return RelayedProgram(id: leader, channel: channel)
    }

    /// A descriptor that is readable when there is news beside SIGCHLD; -1 for none.
    package var news: Int32 { channel }

    /// Whether it has a session and a terminal of its own.
    package var hasSession: Bool { channel >= 0 }

    /// What happened since the last call; `nil` for nothing. After the end: the end.
    package func event() -> Event? {
        if let last { return last }
        let event = channel >= 0 ? eventOfSession() : eventOfChild()
        if case .ended = event { last = event }
        return event
    }

    private func eventOfChild() -> Event? {
        var status: Int32 = 0
        guard waitpid(id, &status, WNOHANG | WUNTRACED) == id else { return nil }
        return Self.event(status)
    }

    private func eventOfSession() -> Event? {
        var word: (UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0, 0)
        return withUnsafeMutableBytes(of: &word) { bytes in
            let count = recv(channel, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
            // The leader itself was killed, and with it the session.
            if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { return .ended(128 + SIGKILL) }
            guard count == bytes.count else { return nil }
            let number = bytes.loadUnaligned(fromByteOffset: 1, as: Int32.self)
            return bytes[0] == UInt8(ascii: "s") ? .stopped(number) : Self.event(number)
        }
    }

    private static func event(_ status: Int32) -> Event {
        if status & 0xFF == 0x7F { return .stopped((status >> 8) & 0xFF) }
        return .ended(status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F))
    }

    /// Sends it a signal.
    package func send(_ number: Int32) {
        if channel >= 0 { say([UInt8(ascii: "k"), UInt8(truncatingIfNeeded: number)]) } else { kill(id, number) }
    }

    /// Lets it go on after a stop.
    package func proceed() {
        if channel >= 0 { say([UInt8(ascii: "c")]) } else { kill(id, SIGCONT) }
    }

    private func say(_ word: [UInt8]) {
        _ = word.withUnsafeBytes { Glibc.send(channel, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
}
