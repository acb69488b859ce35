internal import KistCrypto
internal import SecretMemory

/// A change of the root changes the anchor key too. What this machine, or another one that shares the file, remembers was
/// written under the former one: the manifest carries that key on, so that memory is not lost.
extension Keys {
    func openFormerAnchor(_ manifest: Manifest) throws(VaultError) {
        guard formerAnchor == nil, let box = manifest.formerAnchor else { return }
        let key = root.derive(.rekey, vaultID: vaultID)
        formerAnchor = try? box.withBytes { (box) throws(SealError) in try SecretBox.open(box, key) }
        if formerAnchor == nil { throw .damaged("the former anchor key does not open") }
    }

    /// The former anchor key for the manifest.
    func boxFormerAnchor() -> [UInt8]? {
        guard formerAnchor != nil else { return nil }
        let key = root.derive(.rekey, vaultID: vaultID)
        var box: [UInt8] = []
        formerAnchor?.withBytes { SecretBox.seal($0, key, appendingTo: &box) }
        return box
    }

    /// Who wrote an anchor, as far as these keys can tell.
    enum AnchorWriter {
        /// This root, or the one before it.
        case known
        /// A root that took the place of this one.
        case successor
        /// A root that took the place of the one before this one, as this one did.
        case sibling
        /// No MAC is known: another root, or the bytes were spoilt.
        case unknown
    }

    func writer(ofAnchor bytes: [UInt8]) -> AnchorWriter {
        let own = Anchor.mac(of: bytes, by: anchor)
        if let own { return own == 0 ? .known : .successor }
        guard let key = formerAnchor?.copy(), let former = Anchor.mac(of: bytes, by: key) else { return .unknown }
        return former == 0 ? .known : .sibling
    }
}
