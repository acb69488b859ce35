import KistModel

/// Entries of the audit log as lines whose columns stand under each other.
///
/// The log may be long and may go on, so a column is as wide as what was seen so far: it grows, and never shrinks.
struct AuditTable {
    private var action = 17
    private var target = 20

    /// What is longer stands out of its column and does not move all the others.
    private static let mostAction = 30
    private static let mostTarget = 46

    mutating func lines(_ entries: [AuditEntry]) -> [[Phrase]] {
        for entry in entries {
            action = max(action, min(Self.mostAction, Phrase(Self.action(entry)).columns))
            guard entry.verb != AuditEntry.aboutLog else { continue }
            target = max(target, min(Self.mostTarget, Phrase(Self.targets(entry)).columns))
        }
        return entries.map(line)
    }

    /// `2026-11-21 09:12:40  run           kumo api_key  train.py · kist 4711`
    private func line(_ entry: AuditEntry) -> [Phrase] {
        let moment = entry.when.description
        let when = "\(moment.prefix(10)) \(moment.dropFirst(11).prefix(8))"
        var line: [Phrase] = [.quiet(when), "  ", Phrase(Self.padded(Self.action(entry), action)), "  "]
        let rest = Self.rest(entry)
        if entry.verb == AuditEntry.aboutLog {
            let isUsual = entry.purpose == "new" || entry.purpose == "renewed"
            line.append(isUsual ? .quiet(Self.about(entry)) : .bad(Self.about(entry)))
        } else {
            line.append(Phrase(rest.isEmpty ? Self.targets(entry) : Self.padded(Self.targets(entry), target)))
        }
        for (index, phrase) in rest.enumerated() { line += [index == 0 ? "  " : .quiet(" · "), phrase] }
        return line
    }

    private static func action(_ entry: AuditEntry) -> String {
        if entry.verb == "reveal" || entry.verb == AuditEntry.aboutLog { return entry.purpose }
        return [entry.verb, entry.purpose].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The last column: why not, what for, and who.
    private static func rest(_ entry: AuditEntry) -> [Phrase] {
        var rest: [Phrase] = []
        if entry.result != AuditEntry.done { rest.append(.bad("refused: \(entry.result)")) }
        if entry.missed > 0 { rest.append(.bad("\(entry.missed) before it could not be written")) }
        if !entry.reason.isEmpty { rest.append(.quiet(entry.reason)) }
        let program = entry.who.program.split(separator: "/").last.map(String.init) ?? ""
        if entry.who.pid > 0 {
            rest.append(.quiet("\(program.isEmpty ? entry.who.client : program) \(entry.who.pid)"))
        }
        return rest
    }

    private static func targets(_ entry: AuditEntry) -> String {
        let shown = entry.targets.prefix(4).map { target in
            let place = target.profile == .default ? "" : "\(target.profile)/"
            let name = target.name.map { "\(place)\($0)" } ?? "profile \(target.profile)"
            return ([name] + target.fields.map(\.description)).joined(separator: " ")
        }
        let more = entry.targets.count - shown.count
        return shown.joined(separator: ", ") + (more > 0 ? ", and \(more) more" : "")
    }

    private static func about(_ entry: AuditEntry) -> String {
        switch entry.purpose {
        case "new": "the log begins"
        case "renewed": "a new recovery code proves what follows"
        case "torn": "a kill or a power cut took what was written last"
        case "missing": "the log was gone; it begins anew"
        case "cut": "the end of the log was gone; it begins anew"
        case "foreign": "the log in this place was another vault's; it begins anew"
        default: "the log was damaged or changed; it begins anew"
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - Phrase(text).columns))
    }
}
