import KistProtocol

/// The kinds of ways in as they are typed and shown.
enum SlotWord {
    static func word(_ kind: SlotKind) -> String {
        switch kind {
        case .keyFile: "key-file"
        case .passphrase, .recovery, .keyring, .credential, .recipient: kind.rawValue
        }
    }

    static func kind(_ word: String) -> SlotKind? { SlotKind.allCases.first { self.word($0) == word } }

    static let all = SlotKind.allCases.map(word).joined(separator: ", ")

    /// The one that `text` names: by kind when there is one of it, by its id or the beginning of that, by its label.
    static func find(_ text: String, in slots: [SlotSummary]) throws(Failure) -> SlotSummary {
        let found: [SlotSummary]
        if let kind = kind(text) {
            found = slots.filter { $0.kind == kind }
        } else {
            let labelled = slots.filter { $0.label == text }
            let isPart = text.utf8.count >= 4
            found = labelled.isEmpty ? slots.filter { isPart && $0.id.hasPrefix(text.lowercased()) } : labelled
        }
        if found.count == 1 { return found[0] }
        guard found.isEmpty else {
            throw Failure.usage(
                "there are \(found.count) of these; name one by its id",
                advice: found.map { "\($0.id)  \(word($0.kind))\($0.label.map { "  " + Visible.text($0) } ?? "")" })
        }
        // What was typed may be a secret in the wrong place: it is not repeated.
        throw Failure("there is no such slot", advice: ["see them:  kist slot list"], code: ExitCode.notFound)
    }

    /// "the passphrase slot c1e9af26"
    static func name(_ slot: SlotSummary) -> String { "\(word(slot.kind)) slot \(slot.id.prefix(8))" }
}
