internal import KistCrypto
internal import SecretMemory

extension Vault {
    /// Compares what this machine saw last with the manifest that was opened.
    ///
    /// - Throws: `.otherVault`, `.olderCopy`, `.forked`, unless the caller accepts it.
    func compare(_ manifest: Manifest, _ keys: Keys, _ accepting: Acceptance) throws(VaultError) -> AnchorStatus {
        let bytes: [UInt8]?
        do { bytes = try anchors.load() } catch { return .unknown }
        guard let bytes else { return .new }
        guard let anchor = try? Anchor.decode(bytes) else { return .unknown }
        guard anchor.vaultID == header.vaultID else {
            // Another vault's MAC cannot be checked with this one's key; the difference alone is worth an answer.
            guard accepting.contains(.fork) else {
                throw .otherVault(
                    seen: Fingerprint(vaultID: anchor.vaultID, publicKey: anchor.publicKey), found: header.fingerprint)
            }
            return .unknown
        }
        guard Anchor.isGenuine(bytes, keys.anchor) else { return .unknown }
        var chain = manifest.chain
        chain.append(manifest.generation, manifest.commitment(keys.anchor))
        switch anchor.verdict(on: chain, incarnation: manifest.incarnation) {
        case .ancestor:
            return .known
        case .cannotTell:
            return .unknown
        case .olderCopy(let seen):
            guard accepting.contains(.olderCopy) else { throw .olderCopy(seen: seen, found: manifest.generation) }
            return .unknown
        case .forked(let generation):
            guard accepting.contains(.fork) else { throw .forked(generation: generation) }
            return .unknown
        }
    }

    /// Remembers the present state outside the file. Called after the commit: the anchor may lag, never lead.
    func remember() {
        guard let keys, let contents else { return }
        var chain = contents.manifest.chain
        chain.append(contents.manifest.generation, contents.manifest.commitment(keys.anchor))
        let anchor = Anchor(
            vaultID: header.vaultID, publicKey: header.publicKey, incarnation: keys.incarnation, chain: chain)
        do {
            try anchors.save(anchor.encode(keys.anchor))
            anchorFailure = nil
        } catch {
            anchorFailure = error
        }
    }
}
