package import KistCrypto
package import SecretMemory

/// What a new slot is made from.
package enum SlotMaterial: ~Copyable, Sendable {
    /// A passphrase's key, and with it the cost, the salt and whether a second factor is wanted.
    case passphrase(SlotKey)
    /// 32 random bytes that are kept somewhere.
    case stored(KeptKey)
    /// The 16 random bytes of a recovery code.
    case recovery(SecretBytes)
    case recipient(Recipient)

    package var sort: SlotSort {
        switch self {
        case .passphrase: .passphrase
        case .stored(let stored): stored.sort
        case .recovery: .recovery
        case .recipient: .recipient
        }
    }

    /// - Throws: `.invalid` for a key that no random generator makes, or of another length.
    func check() throws(VaultError) {
        switch self {
        case .stored(let stored):
            guard stored.sort.isStoredKey, stored.key.count == 32 else { throw .invalid("a stored key has 32 bytes") }
            guard Self.looksRandom(stored.key) else { throw .invalid("a stored key is 32 random bytes") }
        case .recovery(let code):
            guard code.count == RecoveryCode.byteCount else { throw .invalid("a recovery code has 16 bytes") }
            guard Self.looksRandom(code) else { throw .invalid("a recovery code is 16 random bytes") }
        case .passphrase: return
        case .recipient: return
        }
    }

    /// Zeros and the like come from a file that was never written.
    ///
    /// Which bytes there are is counted in 256 bits: a set would copy them to the ordinary heap.
    static func looksRandom(_ key: borrowing SecretBytes) -> Bool {
        key.withBytes { bytes in
            var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
            for byte in bytes {
                let bit = UInt64(1) << UInt64(byte & 63)
                switch byte >> 6 {
                case 0: a |= bit
                case 1: b |= bit
                case 2: c |= bit
                default: d |= bit
                }
            }
            return a.nonzeroBitCount + b.nonzeroBitCount + c.nonzeroBitCount + d.nonzeroBitCount > 8
        }
    }
}

/// A key that is kept somewhere, and where.
package struct KeptKey: ~Copyable, Sendable {
    package let sort: SlotSort
    package let key: SecretBytes

    package init(_ sort: SlotSort, _ key: consuming SecretBytes) {
        self.sort = sort
        self.key = key
    }
}
