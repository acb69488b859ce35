import ArgumentParser
import Glibc
import KistClient
import KistModel
import KistProtocol

/// Writes down what a folder needs, and agrees to what it wrote.
enum Use {
    static func execute(_ texts: [String], remove: Bool, profile: String?, json: Bool, _ session: Session)
        throws(Failure) -> Int32
    {
        var uses: [ProjectFile.Use] = []
        for text in texts { uses.append(try item(text)) }
        let path = "./" + ProjectSearch.fileName
        guard ProjectSearch.searches(".") else {
            throw Failure("everybody can write this folder, so a kist.toml here is not used", advice: ["chmod o-w ."])
        }
        let existing = try ProjectSearch.read(path)
        let text: String
        if let existing {
            // What stands there already would be agreed to as well.
            try session.requireTrust(existing)
            var all = existing.file.uses
            if remove {
                all.removeAll { old in uses.contains { $0.name == old.name } }
            } else {
                for use in uses where !all.contains(use) {
                    all.removeAll { $0.name == use.name && $0.prefix == use.prefix }
                    all.append(use)
                }
            }
            text = try ProjectEdit.setting(all, in: existing.text, path: path)
        } else {
            guard !remove else { throw Failure("there is no kist.toml here", code: ExitCode.notFound) }
            var file = ProjectFile(uses: uses)
            if let profile { file.profile = try Read.profile(profile) }
            text = file.text
        }
        try AtomicFile.write(text, to: path, mode: 0o644)
        // Agreed to is what was written, not what may lie there by now.
        let written = try ProjectSearch.project(at: path, text: text)
        try Trust(state: session.places.state).remember(written)
        if !remove { warn(of: uses, in: written, session) }
        let names = written.file.uses.map { $0.name.description + ($0.prefix.isEmpty ? "" : " (\($0.prefix)…)") }
        if json {
            session.printer.json([
                "path": .string(written.path), "use": .array(written.file.uses.map { .string($0.name.description) }),
            ])
        } else {
            session.printer.line(
                .good("✓"),
                Phrase(
                    " \(Home.short(written.path, session.places.home)): \(names.isEmpty ? "nothing" : names.joined(separator: ", "))"
                ))
            session.printer.line(Phrase("  Run:   kist run -- COMMAND     (the file holds no secret; commit it)"))
        }
        return ExitCode.done
    }

    /// Says which names are in no profile that they will be looked for in. Only an open vault can tell, and nothing is opened or
    /// started for it: the file may be written before the vault is.
    private static func warn(of uses: [ProjectFile.Use], in project: FoundProject, _ session: Session) {
        let chosen = session.options.profile ?? session.environment.nonEmpty("KIST_PROFILE")
        guard session.bundlePath == nil,
            let profile = try? chosen.map(Read.profile) ?? project.file.profile ?? .default,
            let agent = try? AgentConnection.open(places: session.places, mode: .noStart),
            let state = try? agent.hello().state, state == .unlocked, let all = try? agent.list(profile: profile)
        else { return }
        let known = all.map(\.name.description)
        for use in uses where !known.contains(use.name.description) {
            let near = Likeness.names(like: use.name.description, in: known)
            let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?"
            session.printer.note(Phrase("there is no \(use.name) in profile \(profile) yet\(hint)"))
        }
    }

    /// `kumo` or `kumo-eu=EU_`.
    static func item(_ text: String) throws(Failure) -> ProjectFile.Use {
        guard let mark = text.firstIndex(of: "=") else { return .init(name: try Read.credential(text)) }
        let prefix = String(text[text.index(after: mark)...])
        guard ProjectFile.isPrefix(prefix) else {
            throw Failure.usage("a prefix must be capital letters, digits and '_'", advice: ["kist use kumo-eu=EU_"])
        }
        return .init(name: try Read.credential(String(text[..<mark])), prefix: prefix)
    }
}

struct UseCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "use", abstract: "Say what commands in this folder need (kist.toml).",
        discussion: """
            NAME=PREFIX_ puts PREFIX_ before the variable names of that credential.

            Example:  kist use kumo snowflake
                      kist use kumo-eu=EU_
            """)

    @Argument(help: "Credentials.") var names: [String]
    @Flag(help: "Take them out of the list.") var remove = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        try Use.execute(names, remove: remove, profile: shared.profile, json: json, session)
    }
}

struct TrustCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Look at the nearest kist.toml and agree to it.",
        discussion: """
            Agreement is for this path and this content; a change asks again. Unattended: KIST_TRUST=SHA256.

            Example:  kist trust
            """)

    @Flag(name: [.long, .short], help: "Do not ask.") var yes = false
    @Flag(help: "Take the agreement back.") var revoke = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        guard let project = try session.nearestProject() else {
            throw Failure(
                "there is no kist.toml here or above", advice: ["write one:  kist use NAME"], code: ExitCode.notFound)
        }
        let trust = Trust(state: session.places.state)
        if revoke {
            let was = try trust.forget(path: project.path)
            if json {
                session.printer.json(["path": .string(project.path), "trusted": false, "revoked": .bool(was)])
                return ExitCode.done
            }
            session.printer.line(
                Phrase(was ? "No longer agreed to: \(project.path)" : "It was not agreed to: \(project.path)"))
            return ExitCode.done
        }
        let held = trust.holds(project, environment: session.environment)
        if json {
            if yes, !held { try trust.remember(project) }
            session.printer.json([
                "path": .string(project.path), "sha256": .string(project.digest), "trusted": .bool(held || yes),
            ])
            return ExitCode.done
        }
        for line in TrustCommandText.describe(project, home: session.places.home).split(separator: "\n") {
            session.printer.line(Phrase(String(line)))
        }
        session.printer.line(.quiet("  sha256   \(project.digest)"))
        if held {
            session.printer.line(.good("✓"), " Agreed to already.")
            return ExitCode.done
        }
        if !yes {
            guard let terminal = Terminal.open() else { throw Trust.refusal(of: project, atTrust: true) }
            session.printer.flush()
            guard try terminal.confirm("Agree?") else { throw Failure("not agreed to") }
        }
        try trust.remember(project)
        session.printer.line(.good("✓"), " Agreed, for this content.")
        return ExitCode.done
    }
}
