/// When a rule of a platform applies: in some variants, with or without some fields, next to some client version.
package struct Condition: Hashable, Sendable {
    /// Empty means every variant.
    package var variants: [String] = []
    /// All of these fields must have a value.
    package var when: [String] = []
    /// None of these fields may have a value.
    package var unless: [String] = []
    /// These plain fields must have these values.
    package var values: [String: String] = [:]
    /// A Python package and the versions for which the rule applies; without that package it does not.
    package var package: PackageCondition?

    package static let always = Condition()

    package func allows(variant: String?) -> Bool {
        guard !variants.isEmpty else { return true }
        return variant.map(variants.contains) ?? false
    }

    /// Whether the rule applies to a credential; the package is not looked at.
    package func holds(variant: String?, plain: [String: String], secrets: some Collection<String>) -> Bool {
        holds(variant: variant, secrets: secrets) { plain[$0] }
    }

    /// - Parameter plain: the plain value of a field.
    package func holds(
        variant: String?, secrets: some Collection<String>, plain: (String) -> String?
    ) -> Bool {
        func isPresent(_ field: String) -> Bool { secrets.contains(field) || !(plain(field) ?? "").isEmpty }
        return allows(variant: variant) && when.allSatisfy(isPresent) && !unless.contains(where: isPresent)
            && values.allSatisfy { plain($0.key) == $0.value }
    }
}

/// A Python package with a bound on its version: `kumoai = "<2.11"`.
package struct PackageCondition: Hashable, Sendable {
    package enum Relation: String, Sendable {
        case below = "<"
        case atMost = "<="
        case atLeast = ">="
        case above = ">"
    }

    /// The name as in `NAME-VERSION.dist-info`.
    package let name: String
    package let relation: Relation
    package let bound: PackageVersion

    package func holds(_ version: PackageVersion) -> Bool {
        switch relation {
        case .below: version < bound
        case .atMost: version <= bound
        case .atLeast: version >= bound
        case .above: version > bound
        }
    }
}
