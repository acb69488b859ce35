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

    func isGenuine(anchor bytes: [UInt8]) -> Bool {
        if Anchor.isGenuine(bytes, anchor) { return true }
        guard let key = formerAnchor?.copy() else { return false }
        return Anchor.isGenuine(bytes, key)
    }
}
