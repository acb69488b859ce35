private import CSodium
package import KistModel
package import SecretMemory

/// The code of one moment (RFC 6238): HMAC over the number of the period, cut to some digits (RFC 4226).
package enum OneTimeCode {
    /// - Parameters:
    ///   - text: what a platform handed out; see `OneTimeText`.
    ///   - now: the time of day.
    /// - Returns: digits, ASCII.
    package static func make(_ text: UnsafeRawBufferPointer, now: Timestamp) throws(OneTimeFault) -> SecretBytes {
        let form = try OneTimeText(text)
        let key = key(form, text)
        // Nothing counts periods before 1970.
        let counter = UInt64(max(now.seconds, 0) / form.period)
        let digest = SecretBytes(count: 64) { digest in
            key.withBytes { key in
                withUnsafeBytes(of: counter.bigEndian) { hash(form.algorithm, key, $0, into: digest) }
            }
        }
        return digits(digest, length: length(of: form.algorithm), form.digits)
    }

    /// Bytes of a digest.
    private static func length(of algorithm: OneTimeText.Algorithm) -> Int {
        switch algorithm {
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }

    private static func key(_ form: OneTimeText, _ text: UnsafeRawBufferPointer) -> SecretBytes {
        SecretBytes(count: form.keyCount) { key in
            var place = 0
            form.eachValue(text) { value in
                for bit in 0..<5 where value & (16 >> UInt8(bit)) != 0 && (place + bit) / 8 < key.count {
                    key[(place + bit) / 8] |= 128 >> UInt8((place + bit) % 8)
                }
                place += 5
            }
        }
    }

    private static func hash(
        _ algorithm: OneTimeText.Algorithm, _ key: UnsafeRawBufferPointer, _ message: UnsafeRawBufferPointer,
        into digest: UnsafeMutableRawBufferPointer
    ) {
        switch algorithm {
        case .sha1: HMACSHA1.tag(key, message, into: digest)
        case .sha256:
            var state = crypto_auth_hmacsha256_state()
            crypto_auth_hmacsha256_init(&state, key.baseAddress!, key.count)
            crypto_auth_hmacsha256_update(&state, message.baseAddress!, UInt64(message.count))
            crypto_auth_hmacsha256_final(&state, digest.baseAddress!)
            sodium_memzero(&state, MemoryLayout.size(ofValue: state))
        case .sha512:
            var state = crypto_auth_hmacsha512_state()
            crypto_auth_hmacsha512_init(&state, key.baseAddress!, key.count)
            crypto_auth_hmacsha512_update(&state, message.baseAddress!, UInt64(message.count))
            crypto_auth_hmacsha512_final(&state, digest.baseAddress!)
            sodium_memzero(&state, MemoryLayout.size(ofValue: state))
        }
    }

    /// Dynamic truncation.
    private static func digits(_ digest: borrowing SecretBytes, length: Int, _ count: Int) -> SecretBytes {
        let number = digest.withBytes { digest -> UInt32 in
            let offset = Int(digest[length - 1] & 15)
            return digest[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        }
        return SecretBytes(count: count) { text in
            var rest = number
            for index in (0..<count).reversed() {
                text[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
        }
    }
}
