package import KistModel
package import SecretMemory

/// A request of the JSON lines (`JSONLines.md`), from the side of the one who asks.
package enum LineQuestion {
    /// One line, with its line break.
    package static func encode(
        _ credential: CredentialName, profile: ProfileName?, reason: String?
    ) throws(ProviderRefusal) -> SecretBytes {
        var line = SecretBuffer()
        line.append("{\"id\":1,\"credential\":\(LineAnswer.json(credential.description))")
        if let profile { line.append(",\"profile\":\(LineAnswer.json(profile.description))") }
        if let reason {
            try WireText.check(reason, "reason")
            line.append(",\"reason\":\(LineAnswer.json(reason))")
        }
        line.append("}\n")
        return line.finish()
    }
}

/// An answer of the JSON lines as it came, from a program that may be anybody's.
package struct LineReply: ~Copyable, Sendable {
    /// Why there is no credential: `kind` as written, `message` one line for people.
    package struct Failure: Hashable, Sendable {
        package let kind: String
        package let message: String
    }

    /// A value, and whether it may be shown.
    package struct Field: ~Copyable, Sendable {
        package let name: String
        package let isSecret: Bool
        package let value: SecretBytes
    }

    /// Bytes of a line.
    package static let longest = JSONMembers.longest

    /// Then nothing else is there.
    package private(set) var failure: Failure?
    package private(set) var credential = ""
    package private(set) var profile: String?
    package private(set) var platform = ""
    package private(set) var variant: String?
    package private(set) var revision: UInt64?
    package private(set) var expires: Timestamp?
    /// The names of the fields, in order.
    package private(set) var names: [String] = []
    private var secrets: Set<String> = []
    private var encoded: Set<String> = []
    private let members: JSONMembers

    /// - Parameter line: without its line break.
    package static func read(_ line: borrowing SecretBytes) throws(ProviderRefusal) -> LineReply {
        var reply = LineReply(members: try JSONMembers(line, "the answer"))
        try reply.read()
        return reply
    }

    private init(members: consuming JSONMembers) { self.members = members }

    private mutating func read() throws(ProviderRefusal) {
        guard !members.has("error") else {
            failure = Failure(
                kind: try members.text("error.kind") ?? "", message: try members.text("error.message") ?? "")
            return
        }
        credential = try Self.needed(members, "credential")
        platform = try Self.needed(members, "platform")
        profile = try members.text("profile")
        variant = try members.text("variant")
        revision = members.word("revision").flatMap { UInt64($0) }
        if let text = try members.text("expires") {
            guard let moment = Timestamp(text) else { throw ProviderRefusal("expires", "it is not a moment") }
            expires = moment
        }
        // Without the list nobody can tell what may be shown.
        guard let listed = try members.texts("secret") else { throw ProviderRefusal("secret", "it is missing") }
        secrets = Set(listed)
        encoded = Set(try members.texts("base64") ?? [])
        names = members.names(in: "fields")
        for name in names where (try? FieldName(name)) == nil {
            throw ProviderRefusal("fields", "one has a name that no field can have")
        }
    }

    /// The value of one of `names`.
    package borrowing func field(_ name: String) throws(ProviderRefusal) -> Field {
        guard let text = try members.lines("fields.\(name)") else { throw ProviderRefusal(name, "it is not a text") }
        guard encoded.contains(name) else {
            return Field(name: name, isSecret: secrets.contains(name), value: text)
        }
        var value = SecretBuffer(capacity: text.count)
        guard text.withBytes({ Base64Reading.decode($0, into: &value) }) else {
            throw ProviderRefusal(name, "it is not base64")
        }
        return Field(name: name, isSecret: secrets.contains(name), value: value.finish())
    }

    private static func needed(_ members: borrowing JSONMembers, _ path: String) throws(ProviderRefusal) -> String {
        guard let text = try members.text(path), !text.isEmpty else { throw ProviderRefusal(path, "it is missing") }
        return text
    }
}
