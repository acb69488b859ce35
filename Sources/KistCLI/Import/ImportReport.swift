import KistModel
import KistProtocol

/// What an import is going to do, and what it did. Names only.
enum ImportReport {
    /// More credentials than this are listed by one line each.
    private static let manyItems = 40

    static func show(_ items: [ImportItem], _ leftOut: [String], _ notes: [String], _ session: Session) {
        var table = Table([
            .init("CREDENTIAL"), .init("PLATFORM", shrinks: true), .init("FIELD"), .init("FROM", shrinks: true),
        ])
        for item in items {
            if items.count > manyItems {
                let fields = item.origins.map(\.field).joined(separator: " ")
                table.add([
                    Phrase("\(item.item.name)"), Phrase(item.item.platform), Phrase(fields),
                    .quiet(item.origins.first?.from ?? ""),
                ])
                continue
            }
            for (index, origin) in item.origins.enumerated() {
                table.add([
                    Phrase(index == 0 ? "\(item.item.name)" : ""), Phrase(index == 0 ? item.item.platform : ""),
                    Phrase(origin.field + (origin.isSecret ? " (secret)" : "")), .quiet(origin.from),
                ])
            }
        }
        for line in table.lines(width: session.printer.columns) { session.printer.line(line) }
        for line in leftOut { session.printer.note(Phrase(line)) }
        for line in notes { session.printer.note(Phrase(line)) }
        for item in items where item.fate == .same {
            session.printer.note("left alone (the same is there): \(item.item.name)")
        }
    }

    static func end(
        _ items: [ImportItem], stored: [ImportItem], _ leftOut: [String], _ stillThere: StillThere,
        _ input: ImportInput, _ session: Session
    ) {
        let names = Set(stored.map { "\($0.item.profile)/\($0.item.name)" })
        let differing = items.filter { item in
            guard case .differs = item.fate else { return false }
            return !names.contains("\(item.item.profile)/\(item.item.name)")
        }
        if input.json {
            session.printer.json([
                "items": .array(
                    items.map { item in
                        let isStored = names.contains("\(item.item.profile)/\(item.item.name)")
                        return [
                            "profile": .string(item.item.profile.description),
                            "name": .string(item.item.name.description), "platform": .string(item.item.platform),
                            "action": .string(isStored ? "stored" : word(item, input)),
                        ]
                    }),
                "leftOut": .array(leftOut.map { .string($0) }),
            ])
            return
        }
        for item in differing where !input.replaces {
            session.printer.note("left alone (there with other values): \(item.item.name)")
        }
        if !differing.isEmpty, !input.replaces {
            session.printer.note("write those as new revisions:  kist import --replace …")
        }
        guard !stored.isEmpty else {
            session.printer.line(
                input.plansOnly ? "Nothing was stored: this is the plan." : "Nothing was left to store.")
            return
        }
        let profiles = Set(stored.map(\.item.profile)).sorted().map(\.description).joined(separator: ", ")
        let shown =
            stored.count <= 8
            ? stored.map(\.item.name.description).joined(separator: ", ")
            : Words.count(stored.count, "credential")
        session.printer.line(.good("✓"), Phrase(" Stored \(shown) in profile \(profiles)."))
        if input.path != "-", input.format != .keyring {
            for line in stillThere.lines(input.path) { session.printer.line(Phrase("  " + line)) }
        }
    }

    private static func word(_ item: ImportItem, _ input: ImportInput) -> String {
        switch item.fate {
        case .new: "new"
        case .same: "same"
        case .differs: input.replaces ? "replace" : "differs"
        }
    }
}
