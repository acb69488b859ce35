internal import KistStore
package import SecretMemory

/// A vault: credentials sealed in a store that is not trusted, opened with one key, checked at every step.
///
/// Confined to one thread. Made by `create` or `open`; locked until `unlock`; every verb on credentials throws
/// `.locked` before that.
package final class Vault {
    let store: any RecordStore
    let anchors: any AnchorStore

    init(store: any RecordStore, anchors: any AnchorStore) {
        self.store = store
        self.anchors = anchors
    }
}

/// A new vault, unlocked, and its recovery code as text in seven groups of four.
package struct CreatedVault: ~Copyable {
    package let vault: Vault
    package let recoveryCode: SecretBytes

    package consuming func takeRecoveryCode() -> SecretBytes { recoveryCode }
}
