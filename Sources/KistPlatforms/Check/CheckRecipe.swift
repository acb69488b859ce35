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
    package let signature: RequestSignature?
    package let serviceAccount: ServiceAccount?
    /// Whom to believe and as whom to appear, below HTTP.
    package let tls: TLSFields?
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
        if let signature {
            needs.formUnion(signature.keyID.fields.union(signature.region.fields).union([signature.secret]))
        }
        if let serviceAccount { needs.formUnion(serviceAccount.audience.fields.union([serviceAccount.json])) }
        for header in headers where header.condition == .always {
            needs.formUnion(header.name.fields.union(header.value.fields))
        }
        return needs
    }
}
