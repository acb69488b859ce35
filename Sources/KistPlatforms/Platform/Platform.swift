/// What Kist knows about one platform: the fields of its credentials, how programs expect them, how to prove them.
///
/// Read from one TOML file (`Platforms.md` describes it); it holds no credential and no secret.
package struct Platform: Sendable {
    /// The name people type: "kumo", "snowflake". Also the name of its file.
    package let name: String
    /// How the platform writes its own name: "Kumo".
    package let title: String
    /// Platforms that belong together share it: "kumo", "cloudera".
    package let family: String
    /// One line for `kist platform list`.
    package let summary: String
    /// Where the file came from.
    package let origin: PlatformOrigin
    /// The kinds of credential it has; empty when there is only one.
    package let variants: [PlatformVariant]
    /// All fields of all variants, in the order in which they are asked and shown.
    package let fields: [PlatformField]
    /// Whether the credential may have fields of any name besides `fields`.
    package let isFreeForm: Bool
    /// Variables to set, in order; `plan` chooses among them.
    package let environment: [EnvironmentRule]
    /// Variables that must not reach the program, because its clients would prefer or refuse them.
    package let unset: [UnsetRule]
    /// Files that the program needs, in a private folder.
    package let files: [FileRecipe]
    /// Host names for which the credential may be offered.
    package let hosts: [Template]
    /// How it is written as a user name and a password; empty when it is not one.
    package let logins: [LoginForm]
    /// The calls that can prove the credential; the first that applies is made.
    package let checks: [CheckRecipe]
    /// Why there is no check, when none of `checks` applies.
    package let withoutCheck: [WithoutCheck]
    /// What its clients get wrong.
    package let notes: [PlatformNote]
    /// How a new secret is obtained.
    package let rotation: RotationHint?
    /// What is printed after `kist add`.
    package let afterAdd: AfterAdd
    /// The lines of `kist how`.
    package let howTo: [HowTo]

    package func variant(named name: String) -> PlatformVariant? { variants.first { $0.name == name } }

    /// The fields that a credential of `variant` can have, in order.
    package func fields(variant: String?) -> [PlatformField] {
        fields.filter { $0.condition.allows(variant: variant) }
    }

    package func field(named name: String, variant: String?) -> PlatformField? {
        fields(variant: variant).first { $0.name == name }
    }

    /// The field that `kist get NAME` prints: the one marked `main`, else the only required secret, else the only
    /// secret; `nil` when several could be meant.
    package func mainField(variant: String?) -> PlatformField? {
        let candidates = fields(variant: variant)
        if let marked = candidates.first(where: { $0.isMain }) { return marked }
        let secrets = candidates.filter { $0.isSecret }
        let required = secrets.filter { $0.isRequired }
        if required.count == 1 { return required[0] }
        return required.isEmpty && secrets.count == 1 ? secrets[0] : nil
    }
}

/// One kind of credential of a platform: "password", "key-pair".
package struct PlatformVariant: Hashable, Sendable {
    package let name: String
    /// What it is called when `kist add` asks which.
    package let title: String
}

/// Where a platform's file came from.
package enum PlatformOrigin: Hashable, Sendable {
    case builtIn
    /// The user's own file. `replaces` tells that it takes the place of a built-in one on purpose. `source` is its
    /// text, for programs that cannot read the user's folder.
    case user(path: String, replaces: Bool, source: String)
}
