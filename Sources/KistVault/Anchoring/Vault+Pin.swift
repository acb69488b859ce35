internal import KistCrypto

extension Vault {
    /// Whether this is the vault that is meant, as far as that can be known before anything is opened.
    ///
    /// This machine remembers for a path which vault was there. Of a passphrase or a stored key, another vault's file is
    /// told by its id: nobody else can make a slot for them. For a recovery code or an identity somebody who knows a
    /// public key could plant a vault of their own, so the vault's own public key must be the known one too; and an
    /// identity opens nothing that neither it, nor this machine, nor the caller knows.
    ///
    /// - Throws: `.otherVault`, `.unpinned`.
    func checkPin(
        _ opener: borrowing Opener, _ expected: String?, _ accepting: Acceptance
    ) throws(VaultError) {
        let seen = (try? anchors.load()).flatMap { try? Anchor.decode($0) }
        let isPublic = opener.isPublic
        var isPinned = opener.trusts(header.publicKey)
        if let expected {
            isPinned = true
            guard header.fingerprint.isWritten(expected) else {
                throw .otherVault(seen: Fingerprint(asWritten: expected), found: header.fingerprint)
            }
        }
        if let seen {
            let isSame = seen.vaultID == header.vaultID
            let hasSameKey = isSame && seen.publicKey == header.publicKey
            guard isSame && (hasSameKey || isPinned || !isPublic) || accepting.contains(.fork) else {
                throw .otherVault(
                    seen: Fingerprint(vaultID: seen.vaultID, publicKey: seen.publicKey), found: header.fingerprint)
            }
            isPinned = isPinned || hasSameKey
        }
        if opener.isIdentity, !isPinned { throw .unpinned(found: header.fingerprint) }
    }
}

extension Fingerprint {
    /// Whether `text` is this fingerprint; case, spaces and hyphens do not matter.
    func isWritten(_ text: String) -> Bool {
        func plain(_ text: String) -> [UInt8] {
            text.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }
                .map { (0x61...0x7A).contains($0) ? $0 - 32 : $0 }
        }
        return plain(text) == plain(description)
    }
}
