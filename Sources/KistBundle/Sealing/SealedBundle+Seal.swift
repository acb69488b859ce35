package import KistCrypto
package import KistModel
package import SecretMemory

extension SealedBundle {
    /// Seals credentials for machines.
    ///
    /// - Parameters:
    ///   - secrets: the values of the overviews' secret fields, one segment each, in order.
    ///   - pair: the vault's own.
    ///   - vaultID: 16 bytes.
    /// - Returns: the file's bytes.
    /// - Throws: `.invalid` naming the rule that was broken.
    package static func seal(
        _ overviews: [Overview], _ secrets: borrowing SecretSegments, for recipients: [Recipient],
        from pair: borrowing BoxKeyPair, vaultID: [UInt8], expiry: Expiry, now: Timestamp
    ) throws(BundleError) -> [UInt8] {
        precondition(overviews.reduce(0) { $0 + $1.secrets.count } == secrets.count)
        try check(overviews, recipients, expiry, now)
        guard let vaultKey = VaultKey(publicKey: pair.publicKey) else {
            preconditionFailure("a key pair from a seed is always usable")
        }
        let head = BundleHead(
            id: RandomBytes.make(16), vaultID: vaultID, vaultKey: vaultKey, sealed: now, expiry: expiry)
        let headBytes = head.bytes
        let fileKey = SecretBytes.makeRandom(count: 32)
        var body: [UInt8] = []
        let plaintext = BundleBody.encode(overviews, secrets)
        guard plaintext.count <= longest - 16_384 else { throw .invalid("a bundle has at most 2 MiB") }
        let bodyKey = Self.bodyKey(fileKey, headBytes)
        plaintext.withBytes { SecretBox.seal($0, bodyKey, appendingTo: &body) }

        let digest = body.withUnsafeBytes { Self.digest(headBytes, $0) }
        let bound = SecretBytes(count: 64) { bound in
            fileKey.withBytes { bound.copyMemory(from: $0) }
            bound[32...].copyBytes(from: digest)
        }
        var file = headBytes
        file.append(UInt8(recipients.count))
        for recipient in recipients.shuffled() {
            guard let box = try? pair.seal(bound, for: recipient.publicKey) else {
                throw .invalid("a recipient's key cannot be used")
            }
            file += box
        }
        withUnsafeBytes(of: UInt32(body.count).bigEndian) { file.append(contentsOf: $0) }
        file += body
        return file + check(file[...])
    }

    private static func check(
        _ overviews: [Overview], _ recipients: [Recipient], _ expiry: Expiry, _ now: Timestamp
    ) throws(BundleError) {
        guard (1...BundleBody.mostCredentials).contains(overviews.count) else {
            throw .invalid("a bundle has 1 to 256 credentials")
        }
        guard Set(overviews.map { "\($0.profile)/\($0.name)" }).count == overviews.count else {
            throw .invalid("a credential is named twice")
        }
        guard (1...mostRecipients).contains(recipients.count) else {
            throw .invalid("a bundle has 1 to 16 recipients")
        }
        guard Set(recipients).count == recipients.count else { throw .invalid("a recipient is named twice") }
        if let asking = overviews.first(where: { $0.policy == .confirm }) {
            throw .invalid("\(asking.name) asks for confirmation, and nobody is there when a bundle is opened")
        }
        guard now.isWritable, now.seconds > 0 else { throw .invalid("the clock is not between 1970 and 9999") }
        if case .at(let end) = expiry, end <= now || !end.isWritable {
            throw .invalid("the bundle would have expired already")
        }
    }
}
