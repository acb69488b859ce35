import KistModel
import KistPlatforms
import SecretMemory

/// Asks for what is missing, in the platform's order.
struct Questions {
    let terminal: Terminal

    /// Which platform; shown with what there is.
    static func platform(_ terminal: Terminal, _ session: Session) throws(Failure) -> String {
        session.printer.flush()
        let names = session.catalog.names().map(\.name)
        let width = names.map(\.count).max() ?? 0
        for name in names {
            let title = (try? session.platform(name))?.title ?? ""
            terminal.show("  \(name)\(String(repeating: " ", count: width - name.count))  \(title)\n")
        }
        return try terminal.ask("Which one? ")
    }

    /// Which kind of credential.
    func variant(of platform: Platform) throws(Failure) -> String {
        terminal.show("\(platform.title) has several kinds of credential:\n")
        for (index, variant) in platform.variants.enumerated() {
            terminal.show("  \(index + 1)  \(variant.name)  (\(variant.title))\n")
        }
        for _ in 0..<3 {
            let answer = try terminal.ask("Which (1-\(platform.variants.count))? ", fallback: "1")
            if let number = Int(answer), platform.variants.indices.contains(number - 1) {
                return platform.variants[number - 1].name
            }
            if platform.variant(named: answer) != nil { return answer }
            terminal.show("Please answer with a number or a name.\n")
        }
        throw Failure.usage("no kind was chosen")
    }

    /// All fields that nobody gave and that do not follow from others.
    func fill(_ draft: inout CredentialDraft) throws(Failure) {
        for field in draft.platform.fields(variant: draft.variant) where !draft.has(field.name) {
            let isWanted = draft.wanted.contains(field.name)
            guard isWanted || (field.isAsked && needsAsking(field, draft)) else { continue }
            try ask(field, isWanted: isWanted, &draft)
        }
        for name in draft.wanted
        where !draft.has(name) && draft.platform.field(named: name, variant: draft.variant) == nil {
            let secret = try terminal.askSecret("\(name): ")
            try draft.take(name, secret)
        }
    }

    /// Derived and defaulted fields are shown afterwards instead.
    private func needsAsking(_ field: PlatformField, _ draft: borrowing CredentialDraft) -> Bool {
        if field.isSecret { return true }
        if field.derivation != nil { return false }
        guard let value = field.defaultValue else { return true }
        // A default that needs a field which nobody gave cannot follow.
        return !value.fields.isSubset(of: Set(draft.platform.fields(variant: draft.variant).map(\.name)))
    }

    private func ask(_ field: PlatformField, isWanted: Bool, _ draft: inout CredentialDraft) throws(Failure) {
        let place = field.whereFound.map { " (\($0))" } ?? ""
        let optional = field.isRequired || isWanted || field.title.contains("(Enter") ? "" : " [Enter: none]"
        let choices = field.choices.isEmpty ? "" : " [\(field.choices.joined(separator: "/"))]"
        let question = "\(field.title)\(place)\(choices)\(optional): "
        for _ in 0..<3 {
            if field.isSecret {
                let secret = try terminal.askSecret(question)
                if secret.count == 0 {
                    if !field.isRequired { return }
                    terminal.show("It is needed.\n")
                    continue
                }
                let finding = secret.withBytes { bytes in
                    field.check(UnsafeRawBufferPointer(rebasing: bytes[field.trimmed(bytes)]))
                }
                guard let finding else { return try draft.take(field.name, secret) }
                complain(field, finding)
            } else {
                let value = field.normalised(try terminal.ask(question))
                if value.isEmpty {
                    if !field.isRequired { return }
                    terminal.show("It is needed.\n")
                    continue
                }
                guard let finding = field.check(value) else { return try draft.setPlain(field.name, value) }
                complain(field, finding)
            }
        }
        throw Failure.usage("\(field.title): no usable value was entered; nothing was stored")
    }

    private func complain(_ field: PlatformField, _ finding: FieldFinding) {
        terminal.show("That does not fit: \(finding.description).\n")
        if let hint = field.hint { terminal.show("  \(hint)\n") }
    }
}
