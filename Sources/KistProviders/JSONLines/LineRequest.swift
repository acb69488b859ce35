/// One request of the JSON lines (`JSONLines.md`): which credential, and which of its fields.
package struct LineRequest: Hashable, Sendable {
    /// Comes back with the answer, as it was written.
    package let id: String?
    package let profile: String?
    package let credential: String
    /// `nil` means all that are stored.
    package let fields: [String]?
    package let reason: String?

    /// Bytes of a line.
    package static let longest = 1 << 16

    private static let known: Set<String> = ["id", "profile", "credential", "fields", "reason"]

    package init(_ line: UnsafeRawBufferPointer) throws(ProviderRefusal) {
        let members = try JSONMembers(line, "the request")
        if let other = members.names(in: "").first(where: { !Self.known.contains($0) }), other.utf8.count <= 64 {
            throw ProviderRefusal("the request", "it has a member that is not known")
        }
        if let number = members.word("id") {
            guard number.utf8.count <= 20, number.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw ProviderRefusal("id", "it is neither a text nor a whole number")
            }
            id = number
        } else if let text = try members.text("id") {
            guard text.utf8.count <= 64 else { throw ProviderRefusal("id", "it is longer than 64 bytes") }
            id = LineAnswer.json(text)
        } else {
            id = nil
        }
        for name in ["profile", "reason"] where members.has(name) {
            // Left out, it would be another profile than the one that was meant.
            guard try members.text(name) != nil || members.word(name) == "null" else {
                throw ProviderRefusal(name, "it is neither a text nor null")
            }
        }
        profile = try members.text("profile")
        guard let credential = try members.text("credential") else {
            throw ProviderRefusal("credential", "it is missing")
        }
        self.credential = credential
        reason = try members.text("reason")
        fields = try members.texts("fields")
        if let fields, fields.isEmpty || Set(fields).count != fields.count {
            throw ProviderRefusal("fields", "it is empty, or one stands there twice")
        }
    }
}
