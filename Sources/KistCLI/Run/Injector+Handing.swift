import KistClient
import KistMasking
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

/// What `--as` changes in the environment: the path of a value in place of the value.
extension Injector {
    /// One credential's value must never stand for another's.
    func checkProfiles(_ items: [RevealedItem]) throws(Failure) {
        let held = items.map { (profile: $0.overview.profile, name: $0.overview.name, fields: $0.fields.map(\.name)) }
        guard let key = deliveries.ambiguous(held) else { return }
        throw Failure.usage(
            "\(key) would be handed over from two profiles, and --as does not say which is meant",
            advice: ["as variables:  --as \(key)=env", "or the credentials of one profile only:  --profile NAME"])
    }

    /// A field that `--as` names and nobody asked for is a mistake, not nothing.
    func checkHanded(_ handed: Handed) throws(Failure) {
        let missing = deliveries.fields.filter { $0.value != .env && !handed.fields.contains($0.key) }.keys.sorted()
        guard let first = missing.first else { return }
        throw Failure.usage(
            "--as names \(first), which is no secret field of what is handed over",
            advice: ["see the fields of a credential:  kist show NAME"])
    }

    /// Whether a variable of the platform stands for a field that goes another way; its path is set instead.
    func isHanded(
        _ variable: EnvironmentPlan.Variable, _ source: Injection.Source, _ injection: inout Injection
    ) throws(Failure) -> Bool {
        let handed = injection.handed.fields
        let keys = variable.value.fields.map { "\(source.name).\($0)" }.filter { handed.contains($0) }.sorted()
        guard let key = keys.first else { return false }
        if case .field(_, .none)? = variable.value.parts.first, variable.value.parts.count == 1 {
            try setPath(&injection, source.prefix + variable.name, key)
        } else {
            injection.notices.append("\(source.prefix + variable.name) is not set: it would hold \(key)")
        }
        return true
    }

    /// `NAME_FILE`: where the value can be read. Standard input has no path.
    func setPath(_ injection: inout Injection, _ name: String, _ key: String) throws(Failure) {
        guard let path = injection.handed.paths[key] else { return }
        try injection.block.set(
            name + "_FILE", to: path, source: "\(key) (--as)", allowingDangerous: allowingDangerous)
    }

    /// Fields that no variable of the platform stands for get one: `NAME_FIELD_FILE`.
    func setOtherPaths(
        _ item: RevealedItem, _ source: Injection.Source, _ variables: [EnvironmentPlan.Variable],
        _ injection: inout Injection
    ) throws(Failure) {
        for field in item.fields {
            let key = "\(source.name).\(field.name)"
            let isNamed = variables.contains { $0.value.parts == [.field(field.name.description, .none)] }
            guard !isNamed, injection.handed.paths[key] != nil else { continue }
            let name = TemplateEncoding.variableName("\(source.name)_\(field.name)")
            try setPath(&injection, source.prefix + name, key)
        }
    }
}
