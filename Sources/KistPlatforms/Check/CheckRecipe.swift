/// One call that proves a credential, and how its answer is read.
package struct CheckRecipe: Sendable {
    package enum Method: String, CaseIterable, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package struct Header: Sendable {
        package let name: Template
        package let value: Template
        package let condition: Condition
    }

    /// Basic authentication; the two are joined and encoded in locked memory.
    package struct Basic: Sendable {
        package let user: Template
        package let password: Template
    }

    /// A token made and signed for this call: how Snowflake is shown a key pair.
    package struct KeyPair: Sendable {
        /// The field with the private key.
        package let key: String
        /// The field with its passphrase.
        package let passphrase: String?
        package let account: Template
        package let user: Template
    }

    package let method: Method
    /// Plain fields only: a secret never stands in a URL.
    package let url: Template
    package let headers: [Header]
    package let basic: Basic?
    package let keyPair: KeyPair?
    package let body: Template?
    /// "application/json", "application/x-www-form-urlencoded".
    package let bodyType: String?
    /// What must hold in the body of a successful answer; each is a rule of its own.
    package let requires: [AnswerTest]
    /// Tried in order before the meaning that a status has by itself.
    package let answers: [AnswerRule]
    /// The header field that names what answered (a replica).
    package let answeredBy: String?
    /// The same, as the dotted path of a JSON value in the body; the header field wins.
    package let answeredByPath: String?
    /// What a success does and does not prove, when that is less than everything.
    package let proves: String?
    package let condition: Condition

    /// The fields without which the call cannot be made.
    package var needs: Set<String> {
        var needs = url.fields.union(basic?.user.fields ?? []).union(basic?.password.fields ?? [])
        if let keyPair { needs.formUnion(keyPair.account.fields.union(keyPair.user.fields).union([keyPair.key])) }
        for header in headers where header.condition == .always {
            needs.formUnion(header.name.fields.union(header.value.fields))
        }
        return needs
    }
}

/// A look at one answer.
package enum AnswerTest: Hashable, Sendable {
    /// The body contains this text.
    case contains(String)
    /// The JSON value at this dotted path is there and not null.
    case present(path: String)
    /// The JSON value at this dotted path is this: a string, or `true`, `false`, or a number as written.
    case equals(path: String, value: String)
}

/// A meaning that a platform gives to an answer.
package struct AnswerRule: Hashable, Sendable {
    /// `nil` means any.
    package let status: Int?
    package let test: AnswerTest?
    package let verdict: CheckVerdict
    package let why: String?
}

/// Why some credentials of a platform cannot be proved by one call.
package struct WithoutCheck: Hashable, Sendable {
    package let why: String
    package let condition: Condition
}

/// What a check found.
package enum CheckVerdict: String, CaseIterable, Hashable, Sendable {
    /// The platform took the credential.
    case accepted
    /// The platform says that it is wrong.
    case refused
    /// It is right, but may not do this.
    case notAllowed
    /// Nothing there that could know.
    case wrongAddress
    /// Nobody can tell: the credential is not to be called bad.
    case unknown
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
