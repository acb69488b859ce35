private import CSodium
package import SecretMemory

/// libsodium's secretstream (XChaCha20-Poly1305): chunks in one order, of which none can be left out, doubled, moved or
/// added, and whose last one says so.
///
/// Every chunk but the last is `chunkCount` bytes long, so that the lengths of what is inside do not show.
package enum SealedStream {
    /// Bytes at the start of a stream: its random nonce.
    package static let headCount = 24
    /// Bytes of every chunk but the last, which has at most as many.
    package static let chunkCount = 65_536
    /// Bytes that a chunk is longer than its plaintext.
    package static let overhead = 17
    /// Bytes of plaintext in every chunk but the last, which has at least one.
    package static let plainCount = chunkCount - overhead

    fileprivate static let stateCount = MemoryLayout<crypto_secretstream_xchacha20poly1305_state>.size
}

/// Seals a stream, chunk by chunk.
package struct StreamSealer: ~Copyable {
    /// The key of the next chunk is among this.
    private var state: SecretBytes
    /// What the stream begins with; not secret.
    package let head: [UInt8]

    /// - Parameter key: 32 bytes.
    package init(_ key: borrowing SecretBytes) {
        precondition(key.count == 32)
        Sodium.start()
        var head = [UInt8](repeating: 0, count: SealedStream.headCount)
        state = SecretBytes(count: SealedStream.stateCount) { state in
            key.withBytes { key in
                _ = crypto_secretstream_xchacha20poly1305_init_push(
                    state.assumingMemoryBound(to: crypto_secretstream_xchacha20poly1305_state.self).baseAddress!,
                    &head, key.baseAddress!)
            }
        }
        self.head = head
    }

    /// Appends the chunk of `plaintext` to `sealed`.
    ///
    /// - Precondition: exactly `SealedStream.plainCount` bytes, or 1 to as many when it is the last.
    package mutating func seal(
        _ plaintext: UnsafeRawBufferPointer, isLast: Bool, appendingTo sealed: inout [UInt8]
    ) {
        precondition(plaintext.count == SealedStream.plainCount || isLast && !plaintext.isEmpty)
        precondition(plaintext.count <= SealedStream.plainCount)
        let start = sealed.count
        sealed.append(contentsOf: repeatElement(0, count: plaintext.count + SealedStream.overhead))
        sealed.withUnsafeMutableBytes { all in
            state.withMutableBytes { state in
                _ = crypto_secretstream_xchacha20poly1305_push(
                    state.assumingMemoryBound(to: crypto_secretstream_xchacha20poly1305_state.self).baseAddress!,
                    all.baseAddress! + start, nil, plaintext.baseAddress!, UInt64(plaintext.count), nil, 0,
                    UInt8(isLast ? crypto_secretstream_xchacha20poly1305_tag_final() : 0))
            }
        }
    }
}

/// Opens a stream, chunk by chunk.
package struct StreamOpener: ~Copyable {
    private var state: SecretBytes
    /// Whether the last chunk was opened; nothing may follow it.
    package private(set) var isFinished = false

    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - head: the 24 bytes at the start of the stream.
    package init(_ key: borrowing SecretBytes, head: [UInt8]) {
        precondition(key.count == 32 && head.count == SealedStream.headCount)
        Sodium.start()
        state = SecretBytes(count: SealedStream.stateCount) { state in
            key.withBytes { key in
                _ = crypto_secretstream_xchacha20poly1305_init_pull(
                    state.assumingMemoryBound(to: crypto_secretstream_xchacha20poly1305_state.self).baseAddress!,
                    head, key.baseAddress!)
            }
        }
    }

    /// Appends the plaintext of the next chunk to `plaintext`: ordinary memory, for bytes that are sealed once more.
    ///
    /// - Throws: when it is not the next chunk of this stream, or is shorter than a chunk that is not the last may be.
    package mutating func open(
        _ chunk: UnsafeRawBufferPointer, appendingTo plaintext: inout [UInt8]
    ) throws(SealError) {
        guard !isFinished, chunk.count > SealedStream.overhead, chunk.count <= SealedStream.chunkCount else {
            throw SealError()
        }
        let start = plaintext.count
        let count = chunk.count - SealedStream.overhead
        plaintext.append(contentsOf: repeatElement(0, count: count))
        var tag: UInt8 = 0
        let status = plaintext.withUnsafeMutableBytes { all in
            state.withMutableBytes { state in
                crypto_secretstream_xchacha20poly1305_pull(
                    state.assumingMemoryBound(to: crypto_secretstream_xchacha20poly1305_state.self).baseAddress!,
                    all.baseAddress! + start, nil, &tag, chunk.baseAddress!, UInt64(chunk.count), nil, 0)
            }
        }
        let last = crypto_secretstream_xchacha20poly1305_tag_final()
        guard status == 0, tag == last || tag == 0 && chunk.count == SealedStream.chunkCount else {
            plaintext.removeLast(count)
            throw SealError()
        }
        isFinished = tag == last
    }
}
