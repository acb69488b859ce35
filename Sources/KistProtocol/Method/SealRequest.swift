package import KistModel

/// Parameters of `seal`: whole credentials, sealed into a bundle for the identities of machines.
package struct SealRequest: Hashable, Sendable {
    package struct Item: Hashable, Sendable {
        package var profile: ProfileName
        package var name: CredentialName

        package init(profile: ProfileName, name: CredentialName) {
            self.profile = profile
            self.name = name
        }
    }

    package static let mostItems = 256
    package static let mostRecipients = 16

    package var items: [Item]
    /// The texts of the recipients.
    package var recipients: [String]
    package var expiry: Expiry
    /// What the bundle is called in the overviews, usually its path; at most 128 bytes.
    package var label: String
    package var reason: String?
    /// Seal also what has expired.
    package var allowExpired: Bool

    package init(
        items: [Item], recipients: [String], expiry: Expiry, label: String, reason: String? = nil,
        allowExpired: Bool = false
    ) {
        self.items = items
        self.recipients = recipients
        self.expiry = expiry
        self.label = label
        self.reason = reason
        self.allowExpired = allowExpired
    }

    package var json: JSONValue {
        [
            "items": .array(
                items.map {
                    ["profile": .string($0.profile.description), "name": .string($0.name.description)]
                }),
            "recipients": .array(recipients.map { .string($0) }),
            "expires": expiry.json,
            "label": .string(label),
            "reason": reason.map { .string($0) },
            "allowExpired": allowExpired ? true : nil,
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        items = []
        for value in try fields.array("items") {
            let item = try JSONFields(value, "items")
            items.append(Item(profile: try item.profile("profile"), name: try item.credential("name")))
        }
        guard (1...Self.mostItems).contains(items.count), Set(items).count == items.count else {
            throw ShapeError("items")
        }
        recipients = []
        for value in try fields.array("recipients") {
            guard case .string(let text) = value, text.utf8.count <= 256 else { throw ShapeError("recipients") }
            recipients.append(text)
        }
        guard (1...Self.mostRecipients).contains(recipients.count) else { throw ShapeError("recipients") }
        expiry = try fields.expiry("expires")
        label = try fields.bundleLabel("label")
        reason = try fields.stringIfPresent("reason")
        allowExpired = try fields.flag("allowExpired")
    }
}

/// The answer to `sealer` and `seal`: which vault seals. The bundle's bytes come in segments, to be put end to end.
package struct SealResult: Hashable, Sendable {
    /// The text of the vault's key, which an identity must trust.
    package var vault: String
    package var fingerprint: String

    package init(vault: String, fingerprint: String) {
        self.vault = vault
        self.fingerprint = fingerprint
    }

    package var json: JSONValue { ["vault": .string(vault), "fingerprint": .string(fingerprint)] }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "result")
        vault = try fields.string("vault")
        fingerprint = try fields.string("fingerprint")
    }
}

extension JSONFields {
    /// At most 128 bytes without control characters: people read it on terminals.
    func bundleLabel(_ key: String) throws(ShapeError) -> String {
        let label = try string(key)
        guard label.utf8.count <= BundleNote.longestLabel,
            !label.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
        else { throw ShapeError(key) }
        return label
    }
}
