private import Glibc
internal import KistModel
internal import KistPlatforms
internal import SecretMemory
internal import Synchronization

/// Which variable is which field of one credential: a platform's plan for `kist run`, read backwards.
struct VariablePlan: Sendable {
    struct Variable: Sendable {
        let name: String
        let field: String
        let isSecret: Bool
    }

    private let variables: [Variable]
    private let platform: Platform?

    /// A rule counts when its value is one field and nothing else, and its name follows from the credential's.
    init(_ platform: Platform, name: String, prefix: String) {
        let secrets = Set(platform.fields.filter(\.isSecret).map(\.name))
        var variables: [Variable] = []
        for rule in platform.environment {
            guard rule.value.parts.count == 1, case .field(let field, .none) = rule.value.parts[0],
                let variable = rule.name.text(name: name, plain: [:])
            else { continue }
            variables.append(Variable(name: prefix + variable, field: field, isSecret: secrets.contains(field)))
        }
        self.variables = variables
        self.platform = platform
    }

    init(_ mapping: [String: String], _ platform: Platform?) {
        let plain = Set((platform?.fields ?? []).filter { !$0.isSecret }.map(\.name))
        variables = mapping.sorted { $0.key < $1.key }.map { field, variable in
            Variable(name: variable, field: field, isSecret: !plain.contains(field))
        }
        self.platform = platform
    }

    /// - Returns: `nil` when no secret is set.
    func read(
        _ name: String, _ platformName: String, _ profile: String?
    ) throws(CredentialError) -> Credential? {
        guard variables.contains(where: { $0.isSecret && Self.isSet($0.name) }) else { return nil }
        var found = FoundFields()
        for variable in variables where !found.contains(variable.field) {
            guard let value = getenv(variable.name), value.pointee != 0 else { continue }
            let bytes = UnsafeRawBufferPointer(start: value, count: strlen(value))
            if variable.isSecret {
                found.secrets[variable.field] = Secret(SecretBytes(copyingExposed: bytes))
            } else {
                found.plain[variable.field] = String(decoding: bytes, as: UTF8.self)
            }
        }
        return try found.credential(
            name, platformName, platform, profile: profile, source: "environment"
        ) { field in variables.first { $0.field == field }.map { "variable \($0.name)" } ?? "field \(field)" }
    }

    private static func isSet(_ name: String) -> Bool {
        guard let value = getenv(name) else { return false }
        return value.pointee != 0
    }
}

/// Plans that were made, by platform and name.
final class VariablePlans: Sendable {
    private struct Key: Hashable {
        let platform: String
        let name: String
    }

    private let plans = Mutex<[Key: VariablePlan?]>([:])
    private static let most = 1_024

    func plan(_ platform: String, _ name: String, make: () -> VariablePlan?) -> VariablePlan? {
        let key = Key(platform: platform, name: name)
        if let known = plans.withLock({ $0[key] }) { return known }
        let made = make()
        plans.withLock { if $0.count < Self.most { $0[key] = .some(made) } }
        return made
    }
}
