private import CSodium
package import SecretMemory

/// X25519 key pair of a recipient or of a vault (`crypto_box`).
package struct BoxKeyPair: ~Copyable, Sendable {
    /// 32 bytes.
    package let publicKey: [UInt8]
    let secretKey: SecretBytes

    /// The pair that belongs to a seed of 32 bytes. Deterministic.
    package init(seed: borrowing SecretBytes) {
        precondition(seed.count == 32)
        var publicKey = [UInt8](repeating: 0, count: 32)
        secretKey = SecretBytes(count: 32) { secret in
            seed.withBytes { seed in
                _ = crypto_box_seed_keypair(&publicKey, secret.baseAddress!, seed.baseAddress!)
            }
        }
        self.publicKey = publicKey
    }

    /// Seals a key for `recipient`; only the holder of this pair can have made it. `nonce24 ‖ tag16 ‖ ciphertext`.
    ///
    /// - Throws: when `recipient` is not a usable public key.
    package borrowing func seal(
        _ plaintext: borrowing SecretBytes, for recipient: [UInt8]
    ) throws(SealError) -> [UInt8] {
        var box = RandomBytes.make(SecretBox.nonceCount)
        let nonce = box
        box.append(contentsOf: repeatElement(0, count: plaintext.count + 16))
        let status = box.withUnsafeMutableBytes { box in
            plaintext.withBytes { plaintext in
                secretKey.withBytes { secretKey in
                    crypto_box_easy(
                        box.baseAddress! + nonce.count, plaintext.baseAddress!, UInt64(plaintext.count), nonce,
                        recipient, secretKey.baseAddress!)
                }
            }
        }
        guard status == 0 else { throw SealError() }
        return box
    }

    /// Opens what `sender` sealed for this pair.
    package borrowing func open(
        _ box: UnsafeRawBufferPointer, from sender: [UInt8]
    ) throws(SealError) -> SecretBytes {
        guard box.count >= SecretBox.overhead, sender.count == 32 else { throw SealError() }
        let base = box.baseAddress!
        return try SecretBytes(count: box.count - SecretBox.overhead) { (plaintext) throws(SealError) in
            let status = secretKey.withBytes { secretKey in
                crypto_box_open_easy(
                    plaintext.baseAddress!, base + SecretBox.nonceCount, UInt64(box.count - SecretBox.nonceCount), base,
                    sender, secretKey.baseAddress!)
            }
            guard status == 0 else { throw SealError() }
        }
    }

    /// The key that only the holders of this pair and of `publicKey`'s have in common (`crypto_box_beforenm`), 32 bytes. Derive
    /// from it; it seals nothing itself.
    ///
    /// - Throws: when `publicKey` is not a usable public key.
    package borrowing func agree(with publicKey: [UInt8]) throws(SealError) -> SecretBytes {
        guard publicKey.count == 32 else { throw SealError() }
        return try SecretBytes(count: 32) { (shared) throws(SealError) in
            let status = secretKey.withBytes { secretKey in
                crypto_box_beforenm(shared.baseAddress!, publicKey, secretKey.baseAddress!)
            }
            guard status == 0 else { throw SealError() }
        }
    }
}
