import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol

/// Runs a program with credentials in its environment: one request, then `execve`.
enum Run {
    /// - Returns: the child's exit code, when a parent has to stay; otherwise it does not return but to fail.
    static func execute(_ input: RunInput, _ session: Session) throws(Failure) -> Int32 {
        let files = try EnvFiles.read(input.envFiles, session)
        var request = InjectionRequest()
        if !input.names.isEmpty || input.envFiles.isEmpty {
            request = try InjectionRequest(names: input.names, session: session)
        }
        request.singles += files.singles
        guard !request.isEmpty || !files.isEmpty else { throw nothingSaid(input.command) }
        guard let program = input.command.first, !program.isEmpty else {
            throw Failure.usage("no command was given", advice: ["kist run NAME -- COMMAND"])
        }
        // Looked for before any secret leaves the vault.
        _ = try ExactCommand(input.command).program()
        let choice = MaskChoice(input.masks, environment: session.environment)
        var revisions: [NamedRequest: UInt64] = [:]
        let first = try injection(
            request, files, input, session, masks: !choice.isNone, revisions: &revisions
        ) { (asked) throws(Failure) in
            guard input.checksFirst else { return try session.reveal(asked) }
            return try ProvedFirst(session: session, allowExpired: input.allowExpired).reveal(request, asked)
        }
        say(first, session)
        session.printer.flush()
        // A folder of ours goes with this process, which then has to stay.
        defer { for folder in session.ownFolders { Folder.removeTree(folder) } }
        let starting = Starting(
            input: input, session: session, choice: choice,
            renew: { (agent) throws(Failure) in
                // Nobody is asked anything while the program has the terminal.
                var ignored: [NamedRequest: UInt64] = [:]
                return try injection(
                    request, try EnvFiles.read(input.envFiles, session), input, session, masks: !choice.isNone,
                    revisions: &ignored
                ) { (asked) throws(Failure) in try reveal(asked, agent, session) }
            },
            reveal: { (agent, credential, seconds) throws(ClientError) in
                var asked = asked(request, input)
                asked.wants.removeAll { $0.profile != credential.profile || $0.name != credential.name }
                let usual = agent.patience
                agent.patience = seconds * 1_000
                defer { agent.patience = usual }
                return try agent.reveal(asked, mayAsk: false)
            },
            revisions: revisions)
        return try starting.start(first)
    }

    /// One request, however many credentials; none when only variables as they stand are wanted.
    private static func injection(
        _ request: InjectionRequest, _ files: borrowing EnvFiles, _ input: RunInput, _ session: Session, masks: Bool,
        revisions: inout [NamedRequest: UInt64], reveal: (RevealRequest) throws(Failure) -> RevealReply
    ) throws(Failure) -> Injection {
        var injection = Injection()
        if !request.isEmpty {
            let reply = try reveal(asked(request, input))
            for item in reply.items {
                let (profile, name) = (item.overview.profile, item.overview.name)
                revisions[NamedRequest(profile: profile, name: name)] = item.overview.revision
            }
            var injector = Injector(
                session: session, allowingDangerous: input.allowDangerousNames, command: input.command,
                makesFiles: true)
            injector.deliveries = input.deliveries
            injector.masks = masks
            injection = try injector.build(request, reply, pid: getpid())
        }
        try files.set(in: &injection.block, allowingDangerous: input.allowDangerousNames)
        if input.pristine { try Pristine.apply(to: &injection, session) }
        return injection
    }

    private static func asked(_ request: InjectionRequest, _ input: RunInput) -> RevealRequest {
        RevealRequest(
            wants: request.wants, purpose: .run, reason: input.reason ?? input.command.first,
            allowExpired: input.allowExpired)
    }

    private static func reveal(
        _ asked: RevealRequest, _ agent: AgentConnection, _ session: Session
    ) throws(Failure) -> RevealReply {
        do throws(ClientError) { return try agent.reveal(asked) } catch {
            throw Advice.failure(error, vault: session.shownVault)
        }
    }

    private static func say(_ injection: borrowing Injection, _ session: Session) {
        let gone = injection.block.present(in: EnvironmentBlock.inheritedNames)
        if !gone.isEmpty { session.printer.note("not handed on: \(gone.joined(separator: ", "))") }
        for notice in injection.notices { session.printer.note(Phrase(notice)) }
    }

    /// Nothing names a credential: both ways out, and never "all".
    static func nothingSaid(_ command: [String]) -> Failure {
        let shown = command.isEmpty ? "COMMAND" : command.map(quoted).joined(separator: " ")
        return Failure(
            "nothing says which credentials this command needs",
            advice: [
                "now:          kist run kumo -- \(shown)",
                "this folder:  kist use kumo        (writes kist.toml; it holds no secret)",
            ])
    }

    /// A word as a shell would have to be given it.
    static func quoted(_ word: String) -> String {
        let plain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "-_./=:,+@%".utf8.contains(byte)
                }
            }
        return plain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
