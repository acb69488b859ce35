private import CSodium

/// Digests of bytes that are not secret: identities of files, never keys.
package enum Digest {
    /// SHA-256 (FIPS 180-4): 32 bytes, what `sha256sum` prints.
    package static func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        _ = crypto_hash_sha256(
            &digest, bytes.bindMemory(to: UInt8.self).baseAddress, UInt64(bytes.count))
        return digest
    }
}
