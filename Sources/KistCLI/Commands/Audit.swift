import ArgumentParser
private import Glibc
import KistClient
import KistModel
import KistProtocol
import SecretMemory

/// Who got what, when, and what for; and whether the log is what was written.
enum Audit {
    /// Entries that are laid out together, so that a long log begins at once.
    private static let page = 1_000
    /// What `--follow` shows of what was before, as `tail -f` does.
    static let lastOfFollowed = 10

    /// - Parameter last: shows so many of what is there, the last ones; `nil` for all.
    static func show(
        _ request: AuditRequest, last: Int?, json: Bool, follow: Bool, _ session: Session
    ) throws(Failure) -> Int32 {
        var request = request
        var table = AuditTable()
        var found: [AuditEntry] = []
        var count = 0
        func put() {
            if json {
                for entry in found { session.printer.json(entry.json) }
            } else {
                for line in table.lines(found) { session.printer.line(line) }
            }
            found.removeAll(keepingCapacity: true)
        }
        func take(_ entry: AuditEntry) {
            count += 1
            request.after = entry.sequence
            found.append(entry)
            if request.isFollowing { return }
            if let last {
                if found.count >= 2 * last + 1_000 { found.removeFirst(found.count - last) }
            } else if !json || follow, found.count == page {
                put()
            }
        }
        try session.ask { (agent) throws(ClientError) in try agent.audit(request, take) }
        if let last { found.removeFirst(max(0, found.count - last)) }
        if json, !follow {
            session.printer.json(["items": .array(found.map(\.json))])
        } else {
            put()
        }
        if count == 0, !json, !follow { session.printer.line(.quiet("nothing of that kind is in the log.")) }
        guard follow else { return ExitCode.done }
        request.isFollowing = true
        while true {
            session.printer.flush()
            usleep(500_000)
            do throws(ClientError) { try session.agentOrClientError().audit(request, take) } catch {
                // A lock ends the agent, too; between the two it still answers.
                guard error.kind == .locked || error.kind == .retired || isGone(session) else {
                    throw Advice.failure(error, vault: session.shownVault)
                }
                session.printer.note("the vault was locked; that is the end of what can be followed")
                return ExitCode.done
            }
            put()
        }
    }

    private static func isGone(_ session: Session) -> Bool {
        do throws(ClientError) { _ = try AgentConnection.open(places: session.places, mode: .noStart) } catch {
            if case .notRunning = error { return true }
        }
        return false
    }

    static func verify(code: consuming SecretBytes, json: Bool, _ session: Session) throws(Failure) -> Int32 {
        let code = code
        let terminal = json ? nil : Terminal.open()
        var hasShown = false
        let findings = try session.ask { (agent) throws(ClientError) in
            try agent.verifyAudit(recoveryCode: code.copy()) { count in
                // Only where there is much to look at.
                guard count >= 20_000, let terminal else { return }
                terminal.show("\r\(count) entries looked at ")
                hasShown = true
            }
        }
        if hasShown { terminal?.show("\r") }
        let isWhole = findings.faults.isEmpty && (findings.proved ?? findings.entries) > 0
        if json {
            session.printer.json(findings.json)
            return isWhole ? ExitCode.done : ExitCode.failed
        }
        for fault in findings.faults {
            session.printer.line(
                .bad("✗"), Phrase(fault.sequence > 0 ? " entry \(fault.sequence): \(fault.what)" : " \(fault.what)"))
        }
        if findings.faults.isEmpty {
            session.printer.line(
                .good("✓"),
                Phrase(" \(findings.entries) entries (\(findings.first) to \(findings.last)) are whole and in order."))
        }
        if let proved = findings.proved {
            if proved == 0 {
                session.printer.line(.bad("✗"), " None of them follows from this recovery code: it is another one, or")
                session.printer.line("  the log was written anew by somebody who knew the vault's keys.")
            } else {
                session.printer.line(
                    .good("✓"),
                    Phrase(
                        " \(proved) of them follow from this recovery code: nobody who learnt the vault's keys later wrote them."
                    ))
            }
        } else if findings.faults.isEmpty {
            session.printer.line(
                .quiet("  What the recovery code adds: that nobody with the vault's keys wrote them later.  --recovery")
            )
        }
        return isWhole ? ExitCode.done : ExitCode.failed
    }
}

struct AuditCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who got what, when, and what for; prove that the log is whole.",
        discussion: """
            Times are UTC. Process and program are what the other side says of itself.

            Example:  kist audit kumo --since 7d
                      kist audit --follow
                      kist audit --verify --recovery
            """)

    @Argument(help: "Only this credential.") var name: String?
    @Option(help: ArgumentHelp("Only what is no older than this.", valueName: "7d")) var since: String?
    @Option(
        name: [.customLong("verb")],
        help: ArgumentHelp("Only this: reveal, run, get, put, unlock … May be given several times.", valueName: "verb"))
    var verbs: [String] = []
    @Option(
        name: [.long, .customShort("n")],
        help: ArgumentHelp("Only the last ones of what is there; 10 with --follow alone.", valueName: "count"))
    var last: Int?
    @Flag(name: [.long, .customShort("f")], help: "Go on showing what is written.") var follow = false
    @Flag(help: "Look at the whole log: is it what was written, in order, to its end?") var verify = false
    @Flag(help: "With --verify: prove it with the recovery code, too.") var recovery = false
    @Option(
        name: .customLong("recovery-fd"),
        help: ArgumentHelp("With --verify: read the recovery code from this descriptor.", valueName: "n"))
    var recoveryDescriptor: Int32?
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        guard !verify else {
            guard name == nil, since == nil, verbs.isEmpty, last == nil, !follow else {
                throw Failure.usage("--verify looks at the whole log")
            }
            return try Audit.verify(code: try code(session), json: json, session)
        }
        guard !recovery, recoveryDescriptor == nil else { throw Failure.usage("a recovery code is for --verify") }
        guard (0...100_000).contains(last ?? 0) else { throw Failure.usage("--last takes a number up to 100000") }
        var request = AuditRequest(verbs: verbs)
        guard verbs.allSatisfy({ (1...32).contains($0.utf8.count) }), verbs.count <= 64 else {
            throw Failure.usage("--verb takes a word: reveal, run, put")
        }
        if let name {
            request.name = try Read.credential(name)
            request.profile = try session.profile()
        } else if let profile = session.options.profile {
            request.profile = try Read.profile(profile)
        }
        if let since {
            if let moment = Timestamp(since), since.utf8.count > 10 {
                request.since = moment
            } else if let day = Timestamp(since) {
                // A date is its last second elsewhere; here it is the first.
                request.since = Timestamp(seconds: day.seconds - 86_399)
            } else if let length = Read.duration(since) {
                request.since = Timestamp(seconds: max(0, session.now.seconds - length))
            } else {
                throw Failure.usage(
                    "--since takes a length of time or a date", advice: ["--since 7d   --since 2026-11-01"])
            }
        }
        // Whoever names a time wants all from there.
        let shown = last ?? (follow && since == nil ? Audit.lastOfFollowed : nil)
        return try Audit.show(request, last: shown, json: json, follow: follow, session)
    }

    private func code(_ session: Session) throws(Failure) -> SecretBytes {
        if let recoveryDescriptor {
            return SecretReader.withoutLineEnd(
                try SecretReader.readAll(recoveryDescriptor, what: "the recovery code", atMost: 4_096))
        }
        guard recovery else { return SecretBytes(count: 0) { _ in } }
        guard let terminal = Terminal.open() else {
            throw Failure(
                "there is no terminal to ask for the recovery code", advice: ["hand it over:  --recovery-fd N"])
        }
        session.printer.flush()
        return try terminal.askSecret("Recovery code: ")
    }
}
