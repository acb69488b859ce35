/// The kinds of ways into a vault, in the order of their numbers in the vault's header.
package enum SlotKind: String, CaseIterable, Hashable, Sendable {
    case passphrase
    case recovery
    /// 32 random bytes in the desktop's keyring.
    case keyring
    /// 32 random bytes in a file of the user's.
    case keyFile
    /// 32 random bytes in a credential of the system's service manager.
    case credential
    /// Somebody's X25519 identity.
    case recipient

    /// Whether nobody needs to be there to open it.
    package var isUnattended: Bool { self == .keyFile || self == .credential }

    /// Whether its key is 32 random bytes that are kept somewhere.
    package var isStoredKey: Bool { self == .keyring || isUnattended }
}

/// What somebody brings to open a vault or to prove that they could.
package enum KeyMeans: String, CaseIterable, Hashable, Sendable {
    case passphrase
    case recovery
    /// The 32 bytes of a keyring, key file or credential slot.
    case key
    /// The text of an identity.
    case identity
}

/// The proof that a change of slots asks for in the same request: the key of any slot that is there. Its segment comes
/// first; with a second factor, that one's 32 bytes are the next segment.
package struct SlotProof: Hashable, Sendable {
    package var with: KeyMeans
    package var hasFactor: Bool

    package init(with: KeyMeans, hasFactor: Bool = false) {
        self.with = with
        self.hasFactor = hasFactor
    }

    /// Segments that belong to it.
    package var segments: Int { hasFactor ? 2 : 1 }

    package var json: JSONValue {
        ["with": .string(with.rawValue), "factor": hasFactor ? true : nil]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "proof")
        (with, hasFactor) = (try fields.means("with"), try fields.flag("factor"))
        guard !hasFactor || with == .passphrase else { throw ShapeError("factor") }
    }
}

extension JSONFields {
    func means(_ key: String) throws(ShapeError) -> KeyMeans {
        guard let means = KeyMeans(rawValue: try string(key)) else { throw ShapeError(key) }
        return means
    }

    func slotKind(_ key: String) throws(ShapeError) -> SlotKind {
        guard let kind = SlotKind(rawValue: try string(key)) else { throw ShapeError(key) }
        return kind
    }

    /// The id of a slot: 16 lower-case hexadecimal digits.
    func slotID(_ key: String) throws(ShapeError) -> String {
        guard let id = try slotIDIfPresent(key) else { throw ShapeError(key) }
        return id
    }

    func slotIDIfPresent(_ key: String) throws(ShapeError) -> String? {
        guard let id = try stringIfPresent(key) else { return nil }
        let isHex = id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard id.utf8.count == 16, isHex else { throw ShapeError(key) }
        return id
    }

    /// What people call a slot: at most 64 bytes that a terminal can show.
    func slotLabel(_ key: String) throws(ShapeError) -> String? {
        guard let label = try stringIfPresent(key) else { return nil }
        guard label.utf8.count <= 64, label.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw ShapeError(key)
        }
        return label
    }
}
