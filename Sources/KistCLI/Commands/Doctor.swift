import ArgumentParser
import Glibc
import KistClient
import KistPlatforms
import KistPosix
import KistProtocol
import SecretMemory

/// Looks at everything that could be wrong, and says what to do about it.
enum Doctor {
    struct Finding {
        enum Level: String { case good = "ok", note = "note", bad = "bad" }
        let level: Level
        let what: String
        let advice: String?
    }

    /// - Parameter deep: read and open every record, for which the vault has to be open.
    static func execute(json: Bool, deep: Bool, _ session: Session) throws(Failure) -> Int32 {
        var findings = local(session)
        var facts: JSONValue = .empty
        do throws(Failure) {
            let agent = try session.agent()
            let hello = try session.hello()
            findings.append(
                Finding(
                    level: .good, what: "the agent answers: version \(hello.version), process \(hello.pid)", advice: nil
                ))
            do throws(ClientError) { facts = try agent.doctor() } catch {
                let failure = Advice.failure(error, vault: session.shownVault)
                findings.append(Finding(level: .note, what: failure.message, advice: failure.advice.first))
            }
            findings += kernel(facts)
            if deep { findings.append(try look(&facts, session)) }
            if let vault = facts["vault"] { findings += rollback(vault) + rekeying(vault) }
        } catch {
            findings.append(Finding(level: .bad, what: error.message, advice: error.advice.first))
        }
        let bad = findings.contains { $0.level == .bad }
        if json {
            session.printer.json([
                "findings": .array(
                    findings.map {
                        [
                            "level": .string($0.level.rawValue), "what": .string($0.what),
                            "advice": $0.advice.map { .string($0) },
                        ]
                    }),
                "agent": facts,
            ])
        } else {
            for finding in findings {
                switch finding.level {
                case .good: session.printer.line(.good("✓ "), Phrase(finding.what))
                case .note: session.printer.line(.warning("· "), Phrase(finding.what))
                case .bad: session.printer.line(.bad("✗ "), Phrase(finding.what))
                }
                if let advice = finding.advice { session.printer.line(.quiet("    " + advice)) }
            }
            for member in facts.members ?? [] { show(member, indent: "  ", session.printer) }
        }
        return bad ? ExitCode.failed : ExitCode.done
    }

    /// Everything: each row is read, opened and compared. What is found is an answer and no end of the doctor.
    private static func look(_ facts: inout JSONValue, _ session: Session) throws(Failure) -> Finding {
        do throws(Failure) {
            let found = try session.ask { (agent) throws(ClientError) in try agent.doctor(deep: true) }
            facts = found
            let rows = found["verified"]?.integer ?? 0
            return Finding(
                level: .good, what: "every record opens and is the one that was written: \(Words.count(rows, "row"))",
                advice: nil)
        } catch {
            return Finding(level: .bad, what: error.message, advice: error.advice.first)
        }
    }

    private static func show(_ member: JSONMember, indent: String, _ printer: Printer) {
        let title = indent + member.key + String(repeating: " ", count: max(1, 24 - indent.count - member.key.count))
        switch member.value {
        case .object(let members):
            printer.line(.quiet(indent + member.key))
            for inner in members { show(inner, indent: indent + "  ", printer) }
        case .string(let text): printer.line(.quiet(title), Phrase(text))
        case .integer(let number): printer.line(.quiet(title), Phrase("\(number)"))
        case .bool(let flag): printer.line(.quiet(title), Phrase(flag ? "yes" : "no"))
        case .null: printer.line(.quiet(title), "–")
        case .array: printer.line(.quiet(title), Phrase(String(decoding: member.value.encoded, as: UTF8.self)))
        }
    }

    private static func local(_ session: Session) -> [Finding] {
        var findings: [Finding] = []
        let places = session.places
        if Home.exists(places.vault) {
            findings += ownership(places.vault, mode: 0o077, "the vault file")
            if let slash = places.vault.lastIndex(of: "/") {
                findings += ownership(String(places.vault[..<slash]), mode: 0o077, "its folder")
            }
        } else {
            findings.append(
                Finding(
                    level: .note, what: "there is no vault yet at \(Home.short(places.vault, places.home))",
                    advice: "kist init"))
        }
        if let runtime = places.runtime {
            findings.append(Finding(level: .good, what: "runtime folder: \(runtime)", advice: nil))
        } else {
            findings.append(
                Finding(
                    level: .note, what: "no runtime folder (XDG_RUNTIME_DIR): each command starts an agent of its own",
                    advice: "cron: set XDG_RUNTIME_DIR=/run/user/$(id -u), or leave it so"))
        }
        if let courier = CourierExchange.beside()?.program, !Home.exists(courier) {
            findings.append(
                Finding(
                    level: .bad, what: "kist-courier is not beside kist, so nothing can be checked",
                    advice: "install all programs in one folder"))
        }
        if Hardening.isDumpable {
            findings.append(
                Finding(level: .bad, what: "this process can be read by others of the same user", advice: nil))
        }
        findings += machine(session)
        findings += waysIn(session)
        do {
            if let project = try session.nearestProject() {
                let held = Trust(state: places.state).holds(project, environment: session.environment)
                findings.append(
                    Finding(
                        level: held ? .good : .note,
                        what: "\(project.path): \(held ? "agreed to" : "not agreed to yet")",
                        advice: held ? nil : "kist trust"))
            }
        } catch {
            findings.append(Finding(level: .bad, what: error.message, advice: error.advice.first))
        }
        for entry in session.catalog.names() where entry.file != nil {
            do { _ = try session.platform(entry.name) } catch {
                findings.append(Finding(level: .bad, what: error.message, advice: nil))
            }
        }
        return findings
    }

    private static func ownership(_ path: String, mode: mode_t, _ what: String) -> [Finding] {
        var status = stat()
        guard stat(path, &status) == 0 else { return [] }
        if status.st_uid != geteuid() {
            return [Finding(level: .bad, what: "\(what) belongs to another user", advice: "chown $(id -un) \(path)")]
        }
        if status.st_mode & mode != 0 {
            return [Finding(level: .bad, what: "\(what) can be reached by others", advice: "chmod go= \(path)")]
        }
        return [Finding(level: .good, what: "\(what) is yours alone: \(path)", advice: nil)]
    }
}

struct DoctorCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look for what could be wrong.",
        discussion: """
            With --deep every record is read, opened and compared with the index.

            Example:  kist doctor --deep
            """)

    @Flag(help: "Open every record, too.") var deep = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 { try Doctor.execute(json: json, deep: deep, session) }
}
