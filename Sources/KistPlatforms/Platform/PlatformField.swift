/// One field of a platform's credentials.
package struct PlatformField: Sendable {
    /// The name in the vault and in templates: "api_key".
    package let name: String
    /// The name in a question: "API key".
    package let title: String
    /// Where the user finds the value, shown in the question.
    package let whereFound: String?
    package let isSecret: Bool
    package let isRequired: Bool
    /// Whether `kist add` asks for it; others are given as FIELD=VALUE or derived.
    package let isAsked: Bool
    /// Whether it is what `kist get NAME` prints.
    package let isMain: Bool
    /// Whether its value is the moment at which the credential ends.
    package let isExpiry: Bool
    package let form: FieldForm
    package let limits: FieldLimits
    /// The values that are allowed; empty means any of the form.
    package let choices: [String]
    package let normalisation: [FieldNormalisation]
    /// The value when none is given; it may refer to other plain fields.
    package let defaultValue: Template?
    /// What the platform's clients take when the field has no value; checks use it, it is neither stored nor set.
    package let fallback: String?
    /// The part of another field that is the value when none is given.
    package let derivation: FieldDerivation?
    /// What to say when the form is wrong.
    package let hint: String?
    /// In which variants the field exists.
    package let condition: Condition
}

/// How a plain value follows from another field, which may be secret: only the named part is taken.
package struct FieldDerivation: Hashable, Sendable {
    package enum Part: String, CaseIterable, Sendable {
        /// Everything before the first colon: the customer id of `demo:secret`.
        case beforeColon = "before-colon"
    }

    package let from: String
    package let part: Part
}

/// Length and beginnings, on top of a form.
package struct FieldLimits: Hashable, Sendable {
    /// In bytes, after normalisation.
    package var shortest = 1
    /// In bytes. 1 MiB is the largest secret of the protocol; a plain value is shorter.
    package var longest = 65_536
    /// One of these must be the beginning; empty means any.
    package var prefixes: [String] = []
    /// One of these must be the end; empty means any.
    package var suffixes: [String] = []
}
