package import KistModel
package import SecretMemory

/// What is wanted of one credential.
package struct Want: Sendable {
    package var profile: ProfileName
    package var name: CredentialName
    /// `nil`: all secret fields.
    package var fields: [FieldName]?

    package init(profile: ProfileName, name: CredentialName, fields: [FieldName]? = nil) {
        self.profile = profile
        self.name = name
        self.fields = fields
    }
}

/// The answer to wants: overviews, and the wanted secrets in one row of segments.
package struct Revealed: ~Copyable {
    package struct Item: Sendable {
        package var overview: Overview
        /// The secret fields that are answered and the segment of each.
        package var fields: [(name: FieldName, segment: Int)]
    }

    package let items: [Item]
    package let segments: SecretSegments

    init(items: [Item], segments: consuming SecretSegments) {
        self.items = items
        self.segments = segments
    }

    /// Takes the two apart, so that the segments can move on.
    package consuming func takeSegments() -> SecretSegments { segments }
}
