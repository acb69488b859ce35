private import CSodium
package import SecretMemory

/// BLAKE2b (RFC 7693), keyed for keys and tags, plain for public values.
package enum Blake2b {
    /// Bytes of a key and of a full digest.
    package static let keyCount = 32

    /// A key from a key, bound to `context`. Deterministic.
    ///
    /// - Parameter key: 32 bytes.
    /// - Returns: 32 bytes.
    package static func derive(_ key: borrowing SecretBytes, _ context: Context) -> SecretBytes {
        SecretBytes(count: keyCount) { derived in
            context.bytes.withUnsafeBytes { message in
                key.withBytes { key in hash(message, key: key, into: derived) }
            }
        }
    }

    /// As `derive`, from the bytes of a context.
    package static func derive(_ key: borrowing SecretBytes, _ context: UnsafeRawBufferPointer) -> SecretBytes {
        SecretBytes(count: keyCount) { derived in key.withBytes { key in hash(context, key: key, into: derived) } }
    }

    /// Puts the key that `derive` gives in the place of the key that it is derived from.
    ///
    /// - Parameter key: 32 bytes.
    package static func replace(_ key: inout SecretBytes, _ context: Context) {
        key.withMutableBytes { key in
            // The key is taken in before anything is written.
            context.bytes.withUnsafeBytes { hash($0, key: UnsafeRawBufferPointer(key), into: key) }
        }
    }

    /// A tag over `context`.
    ///
    /// - Parameter key: 32 bytes.
    /// - Returns: 32 bytes.
    package static func tag(_ key: borrowing SecretBytes, _ context: Context) -> [UInt8] {
        context.bytes.withUnsafeBytes { tag(key, $0, count: keyCount) }
    }

    /// A tag over bytes as they are; the caller sees to it that they cannot be read in two ways.
    ///
    /// - Parameter count: bytes of the tag, 16 to 64.
    package static func tag(_ key: borrowing SecretBytes, _ message: UnsafeRawBufferPointer, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { target, written in
            key.withBytes { key in hash(message, key: key, into: UnsafeMutableRawBufferPointer(target).prefix(count)) }
            written = count
        }
    }

    /// As `tag`, into memory of the caller: 16 to 64 bytes.
    package static func tag(
        _ key: borrowing SecretBytes, _ message: UnsafeRawBufferPointer, into tag: UnsafeMutableRawBufferPointer
    ) {
        key.withBytes { key in hash(message, key: key, into: tag) }
    }

    /// The 32-byte hash of public bytes.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: keyCount) { target, written in
            bytes.withUnsafeBytes { message in
                hash(message, key: nil, into: UnsafeMutableRawBufferPointer(target).prefix(keyCount))
            }
            written = keyCount
        }
    }

    /// A 32-byte key from secret bytes and a label, without another key: for secrets that are random already.
    package static func condense(_ secret: borrowing SecretBytes, label: String) -> SecretBytes {
        var message = SecretBuffer(capacity: 128)
        secret.withBytes { secret in
            Context(label).appending(plain: UInt32(secret.count)).bytes.withUnsafeBytes { message.append($0) }
            message.append(secret)
        }
        return SecretBytes(count: keyCount) { derived in
            message.withBytes { hash($0, key: nil, into: derived) }
        }
    }

    private static func hash(
        _ message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer?, into digest: UnsafeMutableRawBufferPointer
    ) {
        precondition(key == nil || key?.count == keyCount)
        let status = crypto_generichash(
            digest.baseAddress!, digest.count, message.baseAddress, UInt64(message.count), key?.baseAddress,
            key?.count ?? 0)
        precondition(status == 0, "BLAKE2b refused its lengths")
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The first `count` bytes.
    fileprivate func prefix(_ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: self[..<count])
    }
}
