/// Where this machine remembers the last state of a vault that it saw, outside the vault's file. The bytes are opaque,
/// hold no secret and at most 8 KiB. An adapter keys them by the vault's canonical path and replaces them atomically.
package protocol AnchorStore: AnyObject {
    /// - Returns: `nil` when nothing was ever seen at this path.
    /// - Throws: when there may be something, but it cannot be read: the vault then opens as `AnchorStatus.unknown`.
    func load() throws(AnchorStoreError) -> [UInt8]?

    /// Replaces what was remembered. A failure is not a failure of the write that led to it: the anchor may lag.
    func save(_ anchor: [UInt8]) throws(AnchorStoreError)
}

package struct AnchorStoreError: Error, Equatable, Sendable {
    /// The `errno`.
    package let code: Int32

    package init(code: Int32) { self.code = code }
}

/// What the anchor said at unlock.
package enum AnchorStatus: String, Sendable {
    /// The last state that this machine saw is an ancestor of this file.
    case known
    /// The anchor could not be read, or is too far back to tell: an older copy would not have been noticed. Said at every
    /// unlock from then on, until somebody unlocks with an `Acceptance`.
    case unknown
    /// This machine sees this vault for the first time.
    case new
}

/// Deliberate ways on, asked for by the user.
package struct Acceptance: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Open although this machine has seen a later generation.
    package static let olderCopy = Acceptance(rawValue: 1)
    /// Open although this machine has seen another history, or another vault, at this path.
    package static let fork = Acceptance(rawValue: 2)
}
