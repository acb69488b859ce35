import KistClient
import KistModel
import KistPosix
import KistProtocol
import SecretMemory

struct HookInput: Equatable {
    var shell = HookShell.bash
    /// What the shell remembers; `nil` asks for the function itself.
    var state: String?
    /// Credentials instead of those of `kist.toml` (direnv).
    var names: [String] = []
}

/// Takes up the variables of a folder in an interactive shell, and takes them away on leaving it.
///
/// Only from a `kist.toml` that was agreed to; nobody is asked for anything, nothing is unlocked or started, and no value is
/// shown: what is printed goes into the shell's `eval`.
enum Hook {
    static func execute(_ input: HookInput, _ session: Session) throws(Failure) -> Int32 {
        guard let text = input.state else {
            guard input.names.isEmpty else { throw Failure.usage("names go with --now only") }
            guard let program = try? Process.executable() else { throw Failure("where kist is cannot be found out") }
            if session.printer.isTerminal { session.printer.note("belongs into \(input.shell.place)") }
            session.printer.exact(HookScript.text(input.shell, program: program))
            return ExitCode.done
        }
        guard !session.printer.isTerminal else {
            throw Failure.usage("--now is for the function that kist hook writes, and this is a terminal")
        }
        let before = FolderState(text)
        let request: InjectionRequest
        let key: String
        if input.names.isEmpty {
            let found: FoundProject?
            do throws(Failure) { found = try session.nearestProject() } catch {
                return settle(FolderState(.failed, "file"), before, error, input, session)
            }
            guard let project = found, project.file.asksForSomething else {
                if before != nil { leave(nil, input, session) }
                return ExitCode.done
            }
            key = FolderState.key(project, session)
            if before == FolderState(.loaded, key) || before == FolderState(.failed, key) { return ExitCode.done }
            guard Trust(state: session.places.state).holds(project, environment: session.environment) else {
                return settle(FolderState(.untrusted, key), before, Trust.refusal(of: project), input, session)
            }
            do throws(Failure) { request = try InjectionRequest(names: [], session: session) } catch {
                return settle(FolderState(.failed, key), before, error, input, session)
            }
        } else {
            key = "named"
            request = try InjectionRequest(names: input.names, session: session)
        }
        return try load(request, key, before, input, session)
    }

    private static func load(
        _ request: InjectionRequest, _ key: String, _ before: FolderState?, _ input: HookInput, _ session: Session
    ) throws(Failure) -> Int32 {
        do throws(Failure) {
            guard let reply = try reveal(request, session) else {
                let locked = Failure(
                    "the vault is locked, so this folder's credentials are not taken up",
                    advice: ["unlock it, and they are:  kist unlock"], code: ExitCode.locked)
                return settle(FolderState(.locked, key), before, locked, input, session)
            }
            let injector = Injector(session: session, allowingDangerous: false, command: [], makesFiles: false)
            let injection = try injector.build(request, reply, pid: 0)
            var text = SecretBuffer(capacity: 1_024)
            text.append("__kist_leave\n")
            let names = try write(injection, input.shell, to: &text)
            text.append(stateLine(FolderState(.loaded, key), input.shell))
            text.withBytes { session.printer.secret($0) }
            for notice in injection.notices where names.isEmpty { session.printer.note(Phrase(notice)) }
            session.printer.note(Phrase("took up \(names.isEmpty ? "nothing" : names.joined(separator: " "))"))
            return ExitCode.done
        } catch { return settle(FolderState(.failed, key), before, error, input, session) }
    }

    /// - Returns: the names that are set, for people.
    private static func write(
        _ injection: borrowing Injection, _ shell: HookShell, to text: inout SecretBuffer
    ) throws(Failure) -> [String] {
        var names: [String] = []
        var problem: Failure?
        for name in injection.block.removedNames where EnvName.isPlain(name) { text.append("__kist_drop \(name)\n") }
        injection.block.forEach { name, value in
            guard problem == nil else { return }
            if let obstacle = (shell == .fish ? EnvFormat.fish : .shell).obstacle(name, value) {
                problem = Failure("\(name) cannot be set in a shell: \(obstacle)")
                return
            }
            text.append("__kist_put \(name) ")
            shell == .fish ? FishWord.append(value, to: &text) : ShellWord.append(value, to: &text)
            text.append("\n")
            names.append(name)
        }
        if let problem { throw problem }
        return names
    }

    /// Never unlocks, and starts no agent.
    private static func reveal(_ request: InjectionRequest, _ session: Session) throws(Failure) -> RevealReply? {
        let asked = RevealRequest(wants: request.wants, purpose: .env, reason: "shell hook")
        if session.bundlePath != nil { return try session.reveal(asked) }
        do throws(ClientError) {
            let agent = try AgentConnection.open(places: session.places, mode: .noStart)
            guard try agent.hello().state == .unlocked else { return nil }
            return try agent.reveal(asked)
        } catch {
            if case .notRunning = error { return nil }
            if error.kind == .locked || error.kind == .retired { return nil }
            throw Advice.failure(error, vault: session.shownVault)
        }
    }

    /// Takes away what an earlier folder brought, and says once why nothing takes its place.
    private static func settle(
        _ state: FolderState, _ before: FolderState?, _ why: Failure, _ input: HookInput, _ session: Session
    ) -> Int32 {
        if state == before { return ExitCode.done }
        leave(state, input, session)
        session.printer.failure(why)
        return input.shell == .direnv ? why.code : ExitCode.done
    }

    private static func leave(_ state: FolderState?, _ input: HookInput, _ session: Session) {
        session.printer.exact("__kist_leave\n" + stateLine(state, input.shell))
    }

    private static func stateLine(_ state: FolderState?, _ shell: HookShell) -> String {
        let word = shell.word(state?.text ?? "")
        return shell == .fish ? "set -g __kist_state \(word)\n" : "__kist_state=\(word)\n"
    }
}
