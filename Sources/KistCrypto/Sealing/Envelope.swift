package import SecretMemory

/// A sealed part of a record: `u8 format = 1 ‖ u32 compartment = 0 ‖ u32 epoch ‖ nonce24 ‖ tag16 ‖ ciphertext` of the
/// padded plaintext.
///
/// The format, the compartment and the epoch are read before the key is known; the key is bound to all of them.
package enum Envelope {
    package static let format: UInt8 = 1
    /// Bytes before the box.
    package static let headCount = 9

    /// Seals bytes that are padded already (see `Padding`).
    package static func seal(
        padded: UnsafeRawBufferPointer, epoch: UInt32, _ key: borrowing SecretBytes
    ) -> [UInt8] {
        var sealed: [UInt8] = []
        sealed.reserveCapacity(headCount + padded.count + SecretBox.overhead)
        sealed.append(format)
        sealed.append(contentsOf: [0, 0, 0, 0])
        withUnsafeBytes(of: epoch.bigEndian) { sealed.append(contentsOf: $0) }
        SecretBox.seal(padded, key, appendingTo: &sealed)
        return sealed
    }

    /// The epoch whose key opens `sealed`.
    ///
    /// - Throws: when the format or the compartment is not one that this version writes, or it is too short.
    package static func epoch(of sealed: UnsafeRawBufferPointer) throws(SealError) -> UInt32 {
        guard sealed.count >= headCount + SecretBox.overhead + 256, sealed[0] == format,
            sealed.loadUnaligned(fromByteOffset: 1, as: UInt32.self) == 0
        else { throw SealError() }
        return UInt32(bigEndian: sealed.loadUnaligned(fromByteOffset: 5, as: UInt32.self))
    }

    /// Opens to padded bytes in secret memory; `Padding.range(in:)` says where the plaintext is.
    package static func open(
        _ sealed: UnsafeRawBufferPointer, _ key: borrowing SecretBytes
    ) throws(SealError) -> SecretBytes {
        try SecretBox.open(box(sealed), key)
    }

    /// Opens to ordinary memory: for parts that hold no secret.
    ///
    /// - Parameter body: gets the plaintext without its padding; the pointer must not leave it.
    package static func openExposingPlaintext(
        _ sealed: UnsafeRawBufferPointer, _ key: borrowing SecretBytes, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(SealError) {
        let box = try box(sealed)
        // Closures here cannot throw typed.
        var isOpened = false
        withUnsafeTemporaryAllocation(byteCount: box.count - SecretBox.overhead, alignment: 16) { padded in
            guard SecretBox.open(box, key, into: padded) else { return }
            let padded = UnsafeRawBufferPointer(padded)
            guard let range = try? Padding.range(in: padded) else { return }
            isOpened = true
            body(UnsafeRawBufferPointer(rebasing: padded[range]))
        }
        guard isOpened else { throw SealError() }
    }

    private static func box(_ sealed: UnsafeRawBufferPointer) throws(SealError) -> UnsafeRawBufferPointer {
        guard sealed.count >= headCount + SecretBox.overhead else { throw SealError() }
        return UnsafeRawBufferPointer(rebasing: sealed[headCount...])
    }
}
