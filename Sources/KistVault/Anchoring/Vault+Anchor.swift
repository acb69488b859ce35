internal import KistCrypto
internal import SecretMemory

extension Vault {
    /// Compares what this machine saw last with the manifest that was opened, and notes in `unproved` what nobody has
    /// answered for: an anchor that was spoilt is written anew after the unlock, and must not look whole then.
    ///
    /// - Throws: as `judge`.
    func compare(_ manifest: Manifest, _ keys: Keys, _ accepting: Acceptance) throws(VaultError) -> AnchorStatus {
        let seen: [UInt8]?
        var isReadable = true
        do { seen = try anchors.load() } catch { (seen, isReadable) = (nil, false) }
        let (status, earlier) =
            isReadable ? try judge(seen, manifest, keys, accepting) : (.unknown, unproved: 0)
        unproved = accepting.isEmpty ? earlier > 0 ? earlier : status == .unknown ? manifest.generation : 0 : 0
        return unproved > 0 ? .unknown : status
    }

    /// - Returns: what the anchor says of this manifest, and the generation that was unproved at an earlier unlock or 0.
    /// - Throws: `.otherVault`, `.olderCopy`, `.forked`, unless the caller accepts it.
    private func judge(
        _ bytes: [UInt8]?, _ manifest: Manifest, _ keys: Keys, _ accepting: Acceptance
    ) throws(VaultError) -> (AnchorStatus, unproved: UInt64) {
        guard let bytes else { return (.new, 0) }
        guard let anchor = try? Anchor.decode(bytes) else { return (.unknown, 0) }
        guard anchor.vaultID == header.vaultID else {
            // Another vault's MAC cannot be checked with this one's key; the difference alone is worth an answer.
            guard accepting.contains(.fork) else {
                throw .otherVault(
                    seen: Fingerprint(vaultID: anchor.vaultID, publicKey: anchor.publicKey), found: header.fingerprint)
            }
            return (.unknown, 0)
        }
        switch keys.writer(ofAnchor: bytes) {
        case .known: break
        case .successor: return try pass(anchor, manifest, accepting)
        case .sibling:
            guard accepting.contains(.fork) else { throw .forked(generation: anchor.chain.links.last?.generation ?? 0) }
            return (.unknown, 0)
        case .unknown:
            // The public key goes with the root. Of another root than this one and the one before it nothing is known: it
            // may have come after, and who has a root that was left can write any generation.
            guard anchor.publicKey == header.publicKey else { return try pass(anchor, manifest, accepting) }
            return (.unknown, 0)
        }
        var chain = manifest.chain
        chain.append(manifest.generation, manifest.commitment(keys.anchor))
        switch anchor.verdict(on: chain, incarnation: manifest.incarnation) {
        case .ancestor:
            return (.known, anchor.unproved)
        case .cannotTell:
            return (.unknown, anchor.unproved)
        case .olderCopy(let seen):
            guard accepting.contains(.olderCopy) else { throw .olderCopy(seen: seen, found: manifest.generation) }
            return (.unknown, anchor.unproved)
        case .forked(let generation):
            guard accepting.contains(.fork) else { throw .forked(generation: generation) }
            return (.unknown, anchor.unproved)
        }
    }

    /// For a root that this machine has left, or does not know.
    private func pass(
        _ anchor: Anchor, _ manifest: Manifest, _ accepting: Acceptance
    ) throws(VaultError) -> (AnchorStatus, unproved: UInt64) {
        guard accepting.contains(.olderCopy) else {
            throw .olderCopy(seen: anchor.chain.links.last?.generation ?? 0, found: manifest.generation)
        }
        return (.unknown, 0)
    }

    /// Remembers the present state outside the file. Called after the commit: the anchor may lag, never lead.
    func remember() {
        guard let anchor = memory else { return }
        do {
            try anchors.save(anchor)
            anchorFailure = nil
        } catch {
            anchorFailure = error
        }
    }

    /// The present state as it is remembered outside the file; `nil` while locked. No secret.
    package var memory: [UInt8]? {
        guard let keys, let contents else { return nil }
        var chain = contents.manifest.chain
        chain.append(contents.manifest.generation, contents.manifest.commitment(keys.anchor))
        let anchor = Anchor(
            vaultID: header.vaultID, publicKey: header.publicKey, incarnation: keys.incarnation,
            unproved: unproved, chain: chain)
        return anchor.encode(keys)
    }

    /// What another place remembers, beside the vault as it is: nothing is opened or refused for it, and nothing changed.
    ///
    /// - Throws: `.otherVault`, `.olderCopy`, `.forked`, `.locked`.
    /// - Returns: the generation that is remembered; `nil` when that says nothing.
    package func compare(withKept kept: [UInt8]) throws(VaultError) -> UInt64? {
        let (keys, contents) = try opened()
        guard try judge(kept, contents.manifest, keys, []).0 == .known else { return nil }
        return (try? Anchor.decode(kept))?.chain.links.last?.generation
    }
}
