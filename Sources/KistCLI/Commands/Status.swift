import ArgumentParser
import KistClient
import KistModel
import KistProtocol

/// Says in words what the agent is doing; starts none for that.
enum Status {
    static func execute(json: Bool, _ session: Session) throws(Failure) -> Int32 {
        let status: AgentStatus
        do throws(ClientError) {
            status = try AgentConnection.open(places: session.places, mode: .noStart).status()
        } catch {
            guard case .notRunning = error else { throw Advice.failure(error, vault: session.shownVault) }
            return notRunning(json: json, session)
        }
        let kept = KeyringNote(session.places).generation
        if json {
            let members = (status.json.members ?? []) + [JSONMember("keyring", kept?.json ?? .null)]
            session.printer.json(.object(members))
            return ExitCode.done
        }
        let printer = session.printer
        switch status.state {
        case .absent: printer.line("There is no vault yet.   Next: kist init")
        case .locked: printer.line(.strong("Locked."), Phrase("   Next: \(unlocking)"))
        case .unlocked:
            printer.line(.strong("Unlocked"), Phrase(lifetime(status)))
        }
        var rows: [(String, String)] = [("vault", Home.short(status.vault, session.places.home))]
        if let count = status.credentials { rows.append(("holds", Words.count(Int64(clamping: count), "credential"))) }
        if let fingerprint = status.fingerprint { rows.append(("fingerprint", fingerprint)) }
        rows.append(("agent", "process \(status.pid), version \(status.version), since \(status.started)"))
        // A locked agent has not looked at the vault, so it cannot have an opinion on it.
        if status.state == .unlocked {
            switch status.anchor {
            case .known: rows.append(("seen here", "yes: an older copy in its place would be noticed"))
            case .unknown:
                rows.append(
                    ("seen here", "cannot know whether this is the newest: kist unlock --accept-older, if it is"))
            case .new: rows.append(("seen here", "first now: from here on an older copy would be noticed"))
            }
        }
        if status.state == .unlocked, let kept, let generation = status.generation {
            let words = kept == generation ? "this state" : "an earlier state; the present one from the next unlock on"
            rows.append(("keyring", "remembers \(words)"))
        }
        if status.renewRecovery {
            rows.append(("recovery", "the code was used; make a new one: kist slot change recovery"))
        }
        if status.isDumpable || !status.isMemoryLocked {
            rows.append(
                (
                    "memory",
                    !status.isMemoryLocked
                        ? "may be swapped out: see kist doctor" : "could be read by other programs: see kist doctor"
                ))
        }
        let width = rows.map(\.0.count).max() ?? 0
        for (title, value) in rows {
            printer.line(.quiet("  " + title + String(repeating: " ", count: width - title.count + 2)), Phrase(value))
        }
        return ExitCode.done
    }

    /// What opens it here: without a terminal nobody can be asked.
    private static var unlocking: String {
        Terminal.open() == nil ? "kist unlock --passphrase-fd N (there is no terminal here to ask)" : "kist unlock"
    }

    private static func lifetime(_ status: AgentStatus) -> String {
        let idle = status.idle.map { "locks itself in \(Words.length($0)) when unused" }
        let maximum = status.maximum.map { "in \(Words.length($0)) in any case" }
        if let idle = status.idle, let maximum = status.maximum, idle >= maximum {
            return ", locks itself in \(Words.length(maximum))."
        }
        let words = [idle, maximum].compactMap { $0 }
        return words.isEmpty ? "." : ", " + words.joined(separator: ", ") + "."
    }

    private static func notRunning(json: Bool, _ session: Session) -> Int32 {
        let exists = Home.exists(session.places.vault)
        if json {
            session.printer.json([
                "state": .string(exists ? "locked" : "absent"), "vault": .string(session.places.vault), "pid": .null,
            ])
        } else if exists {
            session.printer.line(.strong("Locked"), Phrase("; no agent is running.   Next: \(unlocking)"))
            session.printer.line(.quiet("  vault  "), Phrase(Home.short(session.places.vault, session.places.home)))
            if session.places.runtime == nil { session.printer.note(Phrase(Advice.noRuntimeFolder)) }
        } else {
            session.printer.line("There is no vault yet.   Next: kist init")
        }
        return ExitCode.done
    }
}

struct StatusCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Whether the vault is open, and for how long.",
        discussion: "Example:  kist status --json")

    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 { try Status.execute(json: json, session) }
}
