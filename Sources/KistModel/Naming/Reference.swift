/// A pointer to one field: `kist://[profile/]credential/field`. It holds no secret and may stand in committed files.
package struct Reference: Hashable, Sendable, CustomStringConvertible {
    /// `nil` means the profile in use.
    package let profile: ProfileName?
    package let credential: CredentialName
    package let field: FieldName

    package init(profile: ProfileName? = nil, credential: CredentialName, field: FieldName) {
        self.profile = profile
        self.credential = credential
        self.field = field
    }

    /// Reads the text form.
    ///
    /// - Throws: `NameError` when the scheme, the number of parts or one of the names is wrong.
    package init(parsing text: String) throws(NameError) {
        let scheme = "kist://"
        guard text.hasPrefix(scheme) else { throw NameError(what: "reference", rule: "it must begin with kist://") }
        let parts = text.dropFirst(scheme.count).split(separator: "/", omittingEmptySubsequences: false).map(
            String.init)
        switch parts.count {
        case 2:
            self.init(credential: try CredentialName(parts[0]), field: try FieldName(parts[1]))
        case 3:
            self.init(
                profile: try ProfileName(parts[0]), credential: try CredentialName(parts[1]),
                field: try FieldName(parts[2]))
        default:
            throw NameError(what: "reference", rule: "its form is kist://[profile/]credential/field")
        }
    }

    package var description: String {
        "kist://" + (profile.map { "\($0)/" } ?? "") + "\(credential)/\(field)"
    }
}
