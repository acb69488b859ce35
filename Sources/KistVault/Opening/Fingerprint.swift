internal import KistCrypto

/// What tells vaults apart: 80 bits over the vault's id and public key, shown as `7Q4M-K2TD-9XWE-P3HF`. Not secret.
package struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// The first 80 bits of `BLAKE2b(LP("kist/v1/fingerprint") ‖ LP(vault id) ‖ LP(public key))`.
    init(vaultID: [UInt8], publicKey: [UInt8]) {
        let hash = Blake2b.hash(Context("kist/v1/fingerprint").appending(vaultID).appending(publicKey).bytes)
        description = RecoveryCode.groups(of: Array(hash[..<10]))
    }

    /// What a caller wrote, for an answer that names it.
    init(asWritten text: String) { description = String(text.prefix(64)) }
}
