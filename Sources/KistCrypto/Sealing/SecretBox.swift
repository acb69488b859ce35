private import CSodium
package import SecretMemory

/// XSalsa20-Poly1305 with a random 24-byte nonce. It has no associated data: whatever a box is bound to goes into its key.
///
/// A box is `nonce24 ‖ tag16 ‖ ciphertext`.
package enum SecretBox {
    /// Bytes that a box is longer than its plaintext.
    package static let overhead = nonceCount + 16
    package static let nonceCount = 24

    /// Appends the box of `plaintext` to `sealed`.
    ///
    /// - Parameter key: 32 bytes.
    package static func seal(
        _ plaintext: UnsafeRawBufferPointer, _ key: borrowing SecretBytes, appendingTo sealed: inout [UInt8]
    ) {
        let start = sealed.count
        sealed.append(contentsOf: repeatElement(0, count: plaintext.count + overhead))
        sealed.withUnsafeMutableBytes { all in
            let box = all.baseAddress! + start
            key.withBytes { key in
                precondition(key.count == 32)
                randombytes_buf(box, nonceCount)
                crypto_secretbox_easy(
                    box + nonceCount, plaintext.baseAddress!, UInt64(plaintext.count), box, key.baseAddress!)
            }
        }
    }

    /// Makes a box of what lies where its ciphertext belongs: `overhead` bytes of room, then the plaintext.
    ///
    /// - Parameter key: 32 bytes.
    package static func seal(inPlace box: UnsafeMutableRawBufferPointer, _ key: borrowing SecretBytes) {
        precondition(box.count >= overhead)
        let base = box.baseAddress!
        key.withBytes { key in
            precondition(key.count == 32)
            randombytes_buf(base, nonceCount)
            crypto_secretbox_easy(
                base + nonceCount, base + overhead, UInt64(box.count - overhead), base, key.baseAddress!)
        }
    }

    /// Opens `box` into `plaintext`, which has exactly `box.count - overhead` bytes.
    ///
    /// - Returns: whether the box is genuine; `plaintext` holds nothing of use otherwise.
    package static func open(
        _ box: UnsafeRawBufferPointer, _ key: borrowing SecretBytes, into plaintext: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard box.count >= overhead, plaintext.count == box.count - overhead else { return false }
        let base = box.baseAddress!
        return key.withBytes { key in
            precondition(key.count == 32)
            return crypto_secretbox_open_easy(
                plaintext.baseAddress!, base + nonceCount, UInt64(box.count - nonceCount), base, key.baseAddress!) == 0
        }
    }

    /// Opens a box whose plaintext is secret.
    package static func open(
        _ box: UnsafeRawBufferPointer, _ key: borrowing SecretBytes
    ) throws(SealError) -> SecretBytes {
        guard box.count >= overhead else { throw SealError() }
        return try SecretBytes(count: box.count - overhead) { (plaintext) throws(SealError) in
            guard open(box, key, into: plaintext) else { throw SealError() }
        }
    }
}

/// A seal that does not open. One answer, without detail.
package struct SealError: Error, Equatable, Sendable {
    package init() {}
}
