private import CSodium
package import SecretMemory

/// Argon2id 1.3 with one lane (RFC 9106), the only function here that is slow on purpose.
package enum Argon2id {
    /// - Parameter salt: 16 bytes.
    /// - Returns: 32 bytes.
    package static func derive(
        _ passphrase: borrowing SecretBytes, salt: [UInt8], cost: Argon2Cost, within limits: Argon2Limits
    ) throws(Argon2Error) -> SecretBytes {
        Sodium.start()
        precondition(salt.count == Int(crypto_pwhash_saltbytes()))
        try limits.check(cost)
        return try SecretBytes(count: 32) { (key) throws(Argon2Error) in
            let status = passphrase.withBytes { passphrase in
                salt.withUnsafeBufferPointer { salt in
                    crypto_pwhash(
                        key.baseAddress!, 32, passphrase.baseAddress!, UInt64(passphrase.count), salt.baseAddress!,
                        UInt64(cost.passes), Int(cost.memory) * 1_024, crypto_pwhash_alg_argon2id13())
                }
            }
            Stack.wipe()
            guard status == 0 else { throw .noMemory(cost) }
        }
    }
}
