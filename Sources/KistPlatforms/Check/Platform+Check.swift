/// Why some credentials of a platform cannot be proved by one call.
package struct WithoutCheck: Hashable, Sendable {
    package let why: String
    package let condition: Condition
}

extension Platform {
    package enum CheckChoice: Sendable {
        case call(CheckRecipe)
        /// No call can be made; `why` says what is missing, or why there is none at all.
        case none(why: String)
    }

    /// Plain values with the platform's own defaults where none was given: what a check is filled in from.
    package func withFallbacks(_ plain: [String: String], variant: String?) -> [String: String] {
        var plain = plain
        for field in fields(variant: variant) where plain[field.name] == nil { plain[field.name] = field.fallback }
        return plain
    }

    /// The call to make for a credential.
    ///
    /// - Parameters:
    ///   - plain: its plain values, derived ones included.
    ///   - secrets: the names of the secret fields that it has.
    package func check(variant: String?, plain: [String: String], secrets: Set<String>) -> CheckChoice {
        let plain = withFallbacks(plain, variant: variant)
        var missing: [String]?
        for recipe in checks where recipe.condition.allows(variant: variant) {
            let absent = recipe.needs.union(recipe.condition.when)
                .filter { !secrets.contains($0) && (plain[$0] ?? "").isEmpty }
            if absent.isEmpty {
                if recipe.condition.holds(variant: variant, plain: plain, secrets: secrets) { return .call(recipe) }
            } else if missing == nil {
                missing = absent.sorted()
            }
        }
        for reason in withoutCheck where reason.condition.holds(variant: variant, plain: plain, secrets: secrets) {
            return .none(why: reason.why)
        }
        guard let missing else { return .none(why: "\(title) has no call that could prove it") }
        return .none(why: "a check needs \(missing.joined(separator: ", "))")
    }
}
