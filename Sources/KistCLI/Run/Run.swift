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
        var injection = try injection(request, input, session)
        try files.set(in: &injection.block, allowingDangerous: input.allowDangerousNames)
        if input.pristine { try Pristine.apply(to: &injection, session) }
        say(injection, session)
        session.printer.flush()
        // A folder of ours or of a private agent goes with this process: it has to stay.
        let isOurs = session.bundlePath != nil
        defer { for folder in session.ownFolders { Folder.removeTree(folder) } }
        var stays = injection.madeFolder
        if stays, !isOurs { stays = try session.agent().isPrivate }
        guard stays else {
            throw Launcher.replace(input.command, environment: injection.block, keeping: input.keptDescriptors)
        }
        return try Launcher.wait(input.command, environment: injection.block, keeping: input.keptDescriptors)
    }

    /// One request, however many credentials; none when only variables as they stand are wanted.
    private static func injection(
        _ request: InjectionRequest, _ input: RunInput, _ session: Session
    ) throws(Failure) -> Injection {
        guard !request.isEmpty else { return Injection() }
        let asked = RevealRequest(
            wants: request.wants, purpose: .run, reason: input.reason ?? input.command.first,
            allowExpired: input.allowExpired)
        let reply = try session.reveal(asked)
        let injector = Injector(
            session: session, allowingDangerous: input.allowDangerousNames, command: input.command, makesFiles: true)
        return try injector.build(request, reply, pid: getpid())
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
