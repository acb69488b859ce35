package import KistCrypto
package import KistStore

/// What `doctor` shows about a vault. Fields that need the key are `nil` while it is locked.
package struct VaultFacts: Sendable {
    package var fingerprint: Fingerprint
    package var formatVersion: Int
    /// The kind of each slot: "passphrase", "recovery", …
    package var slots: [String]
    /// The cost of each passphrase slot.
    package var costs: [Argon2Cost]
    /// The newest epoch of the data keys.
    package var epoch: UInt32
    package var generation: UInt64?
    package var credentials: Int?
    /// Rows, all kept revisions included.
    package var rows: Int?
    package var indexPages: Int?
    package var anchor: AnchorStatus?
    /// The generation that was opened unproved and that nobody has answered for since.
    package var anchorUnproved: UInt64?
    /// The `errno` of the last attempt to remember the state outside the file, when it failed.
    package var anchorFailure: Int32?
    /// A way in has ended since the root was made.
    package var hasEndedSlot: Bool?
    package var store: StoreFacts
}
