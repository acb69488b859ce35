private import CSodium
package import SecretMemory

extension BoxKeyPair {
    /// A key that only the holders of this pair and of `other`'s secret key can compute, the same from both sides:
    /// `B(LP("kist/v1/recipient-kek") ‖ LP(crypto_box_beforenm))`.
    ///
    /// - Throws: when `other` is not a usable public key.
    package borrowing func sharedKey(with other: [UInt8]) throws(SealError) -> SecretBytes {
        guard other.count == 32 else { throw SealError() }
        let shared = try SecretBytes(count: 32) { (shared) throws(SealError) in
            let status = secretKey.withBytes { crypto_box_beforenm(shared.baseAddress!, other, $0.baseAddress!) }
            guard status == 0 else { throw SealError() }
        }
        return Blake2b.condense(shared, label: "kist/v1/recipient-kek")
    }
}
