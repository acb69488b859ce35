internal import KistPlatforms

/// One credential: what it is for, its fields, and its secrets in locked memory.
///
/// It can be shared by any number of tasks. Nothing secret shows when it is printed, reflected or dumped. For fields by
/// their meaning instead of their name there are ``APIKey``, ``Login``, ``ClientCredentials``,
/// ``SnowflakeCredentials`` and ``CloudKeys``.
public final class Credential: Sendable {
    /// A named value.
    public struct Field: Sendable {
        /// A value, and whether it may be shown.
        public enum Value: Sendable {
            /// May be shown and logged: an address, a user name.
            case plain(String)
            /// May not.
            case secret(Secret)
        }

        /// The name, as `kist show` has it: `api_key`.
        public let name: String
        /// The value.
        public let value: Value

        /// A field of either kind.
        public init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }

        /// A field whose value may be shown.
        public static func plain(_ name: String, _ value: String) -> Field { Field(name, .plain(value)) }

        /// A field whose value may not; `value` is copied into locked memory.
        public static func secret(_ name: String, _ value: String) -> Field {
            Field(name, .secret(Secret(copying: value)))
        }
    }

    /// Its name: `kumo`.
    public let name: String
    /// Its profile: `default`.
    public let profile: String
    /// The platform it is for (`kist platform list`); `fields` when it is for none of them.
    public let platform: String
    /// The platform's kind of credential, where it has several: `key-pair`.
    public let variant: String?
    /// The first moment at which it is no longer valid; `nil` when nobody said that it expires.
    public let expires: Moment?
    /// The revision in the vault, which rises with every change; `nil` when it does not come from a vault.
    public let revision: UInt64?
    /// All fields, plain ones first, in the platform's order.
    public let fields: [Field]

    /// A credential of your own making: for tests, and for sources of your own.
    public init(
        _ name: String, profile: String = "default", platform: String? = nil, variant: String? = nil,
        expires: Moment? = nil, revision: UInt64? = nil, fields: [Field]
    ) {
        self.name = name
        self.profile = profile
        self.platform = platform ?? name
        self.variant = variant
        self.expires = expires
        self.revision = revision
        self.fields = fields
    }

    /// The value of a plain field; `nil` when there is none of that name, or it is secret.
    public func plain(_ field: String) -> String? {
        for candidate in fields where candidate.name == field {
            if case .plain(let value) = candidate.value { return value }
        }
        return nil
    }

    /// The value of a secret field; `nil` when there is none of that name, or it is plain.
    public func secret(_ field: String) -> Secret? {
        for candidate in fields where candidate.name == field {
            if case .secret(let value) = candidate.value { return value }
        }
        return nil
    }

    /// The one secret that `kist get NAME` prints: the platform's main field, else the only secret.
    public var main: Secret? {
        let platform = PlatformShelf.shared.platform(platform)
        if let field = platform?.mainField(variant: variant), let value = secret(field.name) { return value }
        let secrets = fields.compactMap { field in
            if case .secret(let value) = field.value { value } else { nil }
        }
        return secrets.count == 1 ? secrets[0] : nil
    }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Name and platform, and the names of the fields; no value.
    public var description: String {
        "\(name) (\(platform)): " + fields.map(\.name).joined(separator: ", ")
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// The facts about it and the names of the fields, no value.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "name": name, "profile": profile, "platform": platform, "fields": fields.map(\.name),
            ], displayStyle: .class)
    }
}

extension Credential.Field: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name; of a plain field the value too.
    public var description: String {
        switch value {
        case .plain(let text): "\(name)=\(text)"
        case .secret: "\(name)=<secret>"
        }
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Nothing more than ``description`` says.
    public var customMirror: Mirror { Mirror(self, children: ["field": description], displayStyle: .struct) }
}
