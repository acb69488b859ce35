import KistModel
import KistPlatforms
import SecretMemory

/// From a draft to what is stored: derived values, forms, expiry.
enum Completing {
    /// - Throws: `Failure` with everything that is wrong or missing, values never repeated.
    static func complete(_ draft: borrowing CredentialDraft) throws(Failure) -> Completion {
        let completion = draft.platform.complete(
            variant: draft.variant, given: draft.plain, secrets: Set(draft.secrets.names.map(\.description))
        ) { name, use in draft.secrets.withValue(name, use) }
        guard completion.faults.isEmpty else {
            var advice: [String] = []
            for fault in completion.faults.dropFirst() { advice.append("\(fault.field): \(fault.finding.description)") }
            advice += completion.faults.compactMap(\.hint).uniqued
            if completion.faults.contains(where: { $0.finding == .missing }) {
                advice.append("give it as FIELD=VALUE (plain), with --stdin, --file or --env, or at a terminal")
            }
            let first = completion.faults[0]
            throw Failure.usage("\(first.field): \(first.finding.description)", advice: advice)
        }
        return completion
    }

    /// The plain fields in order.
    static func plain(_ completion: Completion) throws(Failure) -> [PlainField] {
        var fields: [PlainField] = []
        for name in completion.order {
            guard let value = completion.plain[name] else { continue }
            fields.append(PlainField(name: try Read.field(name), value: value))
        }
        return fields
    }

    /// The expiry that a field of the credential states.
    static func expiry(_ platform: Platform, _ variant: String?, _ completion: Completion) -> Expiry? {
        guard let field = platform.fields(variant: variant).first(where: { $0.isExpiry }),
            let value = completion.plain[field.name], let moment = Timestamp(value)
        else { return nil }
        return .at(moment)
    }
}
