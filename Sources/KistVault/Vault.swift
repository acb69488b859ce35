internal import KistCrypto
internal import KistModel
package import KistStore

/// A vault: credentials sealed in a store that is not trusted, opened with one key, checked at every step.
///
/// Confined to one thread. Made by `create` or `open`; locked until `unlock`; every verb on credentials throws
/// `.locked` before that. `Format.md` says what it writes, to the byte.
package final class Vault {
    let store: any RecordStore
    let anchors: any AnchorStore
    /// As it was read last; its MAC was checked only while unlocked.
    var header: Header
    /// `nil` while locked.
    var keys: Keys?
    /// `nil` while locked.
    var contents: Contents?
    /// What the anchor said at unlock; `nil` while locked.
    package internal(set) var anchorStatus: AnchorStatus?
    /// The generation that was opened unproved and that nobody has answered for since; 0 for none, and while locked.
    var unproved: UInt64 = 0
    /// Whether the last state could be remembered outside the file. The write itself is not touched by a failure.
    package internal(set) var anchorFailure: AnchorStoreError?
    var answered = AnsweredRequests()
    /// The id of the slot that was opened last; `nil` while locked.
    package internal(set) var openedBy: [UInt8]?
    /// For lists of few; `nil` until the first one, and while locked.
    var words: WordIndex?
    /// A re-encryption in work; lost with the process, and then begun anew from what the manifest says.
    var work: RekeyWork?

    /// Old revisions that are kept beside the newest.
    package static let keptRevisions = 10

    init(store: any RecordStore, anchors: any AnchorStore, header: Header) {
        self.store = store
        self.anchors = anchors
        self.header = header
    }

    /// Reads the header; nothing is checked against a key yet. A locked vault does not hold its file open.
    ///
    /// - Throws: `.absent`, `.newer`, `.damaged`, `.unsafeFile`, …
    package static func open(_ store: any RecordStore, anchors: any AnchorStore) throws(VaultError) -> Vault {
        defer { store.close() }
        guard let head = try VaultError.from({ () throws(StoreError) in try store.loadHead() }) else { throw .absent }
        return Vault(store: store, anchors: anchors, header: try Header.decode(head.header))
    }

    /// The passphrase slots, to be tried in order.
    package var challenges: [SlotChallenge] { header.slots.compactMap(\.challenge) }

    package var fingerprint: Fingerprint { header.fingerprint }
    package var isUnlocked: Bool { keys != nil }
    /// `nil` while locked.
    package var generation: UInt64? { contents?.manifest.generation }
    /// `nil` while locked.
    package var credentialCount: Int? { contents.map { Int($0.manifest.lookups - $0.manifest.markers) } }

    /// Wipes every key, forgets the index and lets go of the file.
    package func lock() {
        keys = nil
        contents = nil
        anchorStatus = nil
        unproved = 0
        openedBy = nil
        answered = AnsweredRequests()
        words = nil
        work = nil
        store.close()
        Stack.wipe()
    }

    /// Takes over what another opening of the very same state has found out, so that this one can stay: what is under way here,
    /// a re-encryption or a request that may come once more, goes on.
    ///
    /// - Returns: `false` when this one is locked or shows another state.
    package func takeOver(_ other: Vault) -> Bool {
        guard isUnlocked, let contents, contents.sealedManifest == other.contents?.sealedManifest else { return false }
        anchorStatus = other.anchorStatus
        unproved = other.unproved
        openedBy = other.openedBy
        return true
    }

    /// The keys and contents of an unlocked vault.
    func opened() throws(VaultError) -> (Keys, Contents) {
        guard let keys, let contents else { throw .locked }
        return (keys, contents)
    }
}
