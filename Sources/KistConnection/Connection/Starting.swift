private import Glibc
internal import KistPosix
internal import KistProtocol

/// Finding the agent of a vault, and starting one.
enum Starting {
    /// A connected socket, and whether the agent behind it is private.
    struct Found: ~Copyable {
        let socket: Descriptor
        let isPrivate: Bool
        /// Whether only the vault's lock file led there: who listens has to say first which vault is theirs.
        var isElsewhere = false

        consuming func takeSocket() -> Descriptor { socket }
    }

    /// Milliseconds until a start is given up.
    static let patience = 10_000

    /// - Parameter patience: milliseconds for an agent that takes nobody in.
    static func find(
        _ given: Places, mode: AgentConnection.Mode, agent: String?, patience: Int
    ) throws(ClientError) -> Found {
        var places = given
        // The system removes the user's runtime folder at the last logout; what still runs has none from then on.
        if let above = places.runtime.flatMap({ Folder.parent(of: $0) }), (try? FileStatus(of: above)) == nil {
            places.runtime = nil
        }
        if mode == .isolated { return try startPrivate(places, agent: agent) }
        let socket = try places.socket()
        if let socket, let found = try connect(socket, patience) { return Found(socket: found, isPrivate: false) }
        // Another one may have the vault open with a socket elsewhere: its lock file says where.
        if let elsewhere = rendezvous(places), elsewhere != socket,
            let found = try? connect(elsewhere, patience)
        {
            return Found(socket: found, isPrivate: false, isElsewhere: true)
        }
        guard mode == .shared else { throw .notRunning }
        guard let socket else { return try startPrivate(places, agent: agent) }
        return try startShared(places, socket: socket, agent: agent)
    }

    /// - Returns: `nil` when nobody listens there.
    private static func connect(_ path: String, _ patience: Int = Self.patience) throws(ClientError) -> Descriptor? {
        guard try SocketPlace.check(path) else { return nil }
        let greeting = AgentConnection.greeting * 1_000
        let socket: Descriptor
        do { socket = try UnixSocket.connect(to: path, milliseconds: min(patience, greeting)) } catch {
            // It hangs, and more have come in the meantime than its queue holds.
            if error.code == EAGAIN { throw patience < greeting ? .timeout : .silent(pid: nil) }
            if error.code == ECONNREFUSED || error.code == ENOENT { return nil }
            throw .broken("\(error)")
        }
        try checkPeer(socket)
        return socket
    }

    private static func checkPeer(_ socket: borrowing Descriptor) throws(ClientError) {
        do {
            let peer = try UnixSocket.peer(of: socket.raw)
            guard peer.uid == Process.user else { throw ClientError.foreignAgent(uid: peer.uid) }
        } catch let error as ClientError { throw error } catch { throw .broken("\(error)") }
    }

    /// The socket named by the vault's lock file, if that is this user's and of this boot.
    private static func rendezvous(_ places: Places) -> String? {
        let path = AgentPlace.vaultLock(places.vault)
        guard let file = try? File.open(path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
            let status = try? FileStatus(of: file.raw), status.kind == .file, status.owner == Process.user,
            let bytes = try? File.read(file, most: Rendezvous.longest), let found = Rendezvous(bytes: bytes),
            found.boot == Process.bootID
        else { return nil }
        return found.socket
    }

    private static func startShared(
        _ places: Places, socket: String, agent: String?
    ) throws(ClientError) -> Found {
        let program = try program(agent)
        let end = BootClock.nanoseconds + Int64(patience) * 1_000_000
        var pause = 2
        while BootClock.nanoseconds < end {
            do {
                var pipe = try Descriptor.makePipe()
                let prompter = startPrompter(places, beside: program)
                try Process.startOrphan(
                    program, arguments: arguments(places, prompter.raw) + ["--ready-fd", "3"], passing: pipe.writing,
                    and: prompter.raw)
                // Closing our end lets the agent's death end the wait.
                pipe.writing = Descriptor(owning: -1)
                try wait(for: pipe.reading, until: end)
            } catch let error as ClientError { throw error } catch { throw .cannotStart("\(error)") }
            if let found = try connect(socket) { return Found(socket: found, isPrivate: false) }
            // Another one was quicker and is not ready yet, or one was just ending.
            BootClock.sleep(milliseconds: pause)
            pause = min(pause * 2, 100)
            if let found = try connect(socket) { return Found(socket: found, isPrivate: false) }
        }
        throw .cannotStart("no agent became ready within \(patience / 1_000) seconds")
    }

    /// Waits for `R` (ready), the end of the pipe (another one is there) or what went wrong.
    private static func wait(for pipe: borrowing Descriptor, until end: Int64) throws {
        var answer: [UInt8] = []
        while answer.count < 512 {
            let left = Int32(clamping: (end - BootClock.nanoseconds) / 1_000_000)
            guard UnixSocket.wait(pipe.raw, toWrite: false, milliseconds: left) else { throw ClientError.timeout }
            var bytes = [UInt8](repeating: 0, count: 256)
            let count = try bytes.withUnsafeMutableBytes { try pipe.read(into: $0) }
            answer.append(contentsOf: bytes[..<count])
            if count == 0 || answer.first == UInt8(ascii: "R") { break }
        }
        switch answer.first {
        case UInt8(ascii: "X"): throw ClientError.cannotStart(executing(answer.dropFirst().first))
        case UInt8(ascii: "E"): throw ClientError.cannotStart(String(decoding: answer.dropFirst(), as: UTF8.self))
        default: return
        }
    }

    private static func startPrivate(_ places: Places, agent: String?) throws(ClientError) -> Found {
        let program = try program(agent)
        do {
            let pair = try UnixSocket.makePair()
            let prompter = startPrompter(places, beside: program)
            try Process.startOrphan(
                program, arguments: arguments(places, prompter.raw) + ["--inherited-fd", "3"], passing: pair.other,
                and: prompter.raw)
            return Found(socket: pair.takeOne(), isPrivate: true)
        } catch { throw .cannotStart("\(error)") }
    }

    /// - Parameter prompter: -1 for none.
    private static func arguments(_ places: Places, _ prompter: Int32) -> [String] {
        ["--vault", places.vault, "--state", places.state] + (places.runtime.map { ["--runtime", $0] } ?? [])
            + (prompter >= 0 ? ["--prompter-fd", "4", "--prompter-place", places.prompts?.words ?? ""] : [])
    }

    /// Starts what asks people in the agent's name, as an orphan beside it: the agent itself starts nothing. It ends with
    /// the agent, also when that never comes to be.
    ///
    /// - Returns: the agent's end of the socket between the two; -1 when nobody can be asked, which is no failure.
    private static func startPrompter(_ places: Places, beside agent: String) -> Descriptor {
        let program = (Folder.parent(of: agent) ?? "") + "/kist-prompter"
        guard let place = places.prompts, access(program, X_OK) == 0, let pair = try? UnixSocket.makePair() else {
            return Descriptor(owning: -1)
        }
        let terminal = place.terminal.map { ["--tty", $0] } ?? []
        let settings = place.environment.flatMap { ["--set", $0] }
        let started: Void? = try? Process.startOrphan(
            program, arguments: ["--pinentry", place.pinentry] + terminal + settings, passing: pair.other)
        return started == nil ? Descriptor(owning: -1) : pair.takeOne()
    }

    /// `kist-agent` beside the running program; never searched for by PATH.
    private static func program(_ given: String?) throws(ClientError) -> String {
        if let given { return given }
        do {
            let own = try Process.executable()
            return (Folder.parent(of: own) ?? "") + "/kist-agent"
        } catch { throw .cannotStart("\(error)") }
    }

    /// The text for an `X` from a start whose execve failed.
    static func executing(_ code: UInt8?) -> String {
        "kist-agent beside kist: \(PosixError("execve", Int32(code ?? 0)))"
    }
}
