private import CSodium
internal import SecretMemory

/// HMAC (RFC 2104) with SHA-1 (RFC 3174), for one-time codes and nothing else: most platforms know no other, and libsodium
/// has none. What HMAC needs of a hash still holds for SHA-1.
enum HMACSHA1 {
    static let tagCount = 20
    private static let blockCount = 64

    /// - Parameter tag: 20 bytes at least.
    static func tag(
        _ key: UnsafeRawBufferPointer, _ message: UnsafeRawBufferPointer, into tag: UnsafeMutableRawBufferPointer
    ) {
        // A key longer than a block counts as its hash.
        var short = SecretBytes(count: blockCount) { block in
            if key.count > blockCount { digest([key], into: block) } else { block.copyMemory(from: key) }
        }
        let inner = SecretBytes(count: tagCount) { inner in
            short.withMutableBytes { block in
                for index in block.indices { block[index] ^= 0x36 }
                digest([UnsafeRawBufferPointer(block), message], into: inner)
                for index in block.indices { block[index] ^= 0x36 ^ 0x5c }
            }
        }
        short.withBytes { block in inner.withBytes { digest([block, $0], into: tag) } }
    }

    /// SHA-1 of the parts, end to end.
    static func digest(_ parts: [UnsafeRawBufferPointer], into digest: UnsafeMutableRawBufferPointer) {
        let count = parts.reduce(0) { $0 + $1.count }
        // The message with its padding: these are some blocks at most.
        var padded = SecretBytes(count: (count + 9 + blockCount - 1) / blockCount * blockCount) { padded in
            var end = 0
            for part in parts {
                UnsafeMutableRawBufferPointer(rebasing: padded[end..<end + part.count]).copyMemory(from: part)
                end += part.count
            }
            padded[end] = 0x80
            withUnsafeBytes(of: UInt64(count * 8).bigEndian) { length in
                UnsafeMutableRawBufferPointer(rebasing: padded[(padded.count - 8)...]).copyMemory(from: length)
            }
        }
        var state: [5 of UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
        var words = SecretBytes(count: 80 * 4) { _ in }
        padded.withMutableBytes { padded in
            words.withMutableBytes { words in
                let schedule = words.assumingMemoryBound(to: UInt32.self)
                for start in stride(from: 0, to: padded.count, by: blockCount) {
                    compress(UnsafeRawBufferPointer(rebasing: padded[start..<start + blockCount]), schedule, &state)
                }
            }
        }
        for index in 0..<5 {
            for byte in 0..<4 {
                digest[index * 4 + byte] = UInt8(truncatingIfNeeded: state[index] >> UInt32(24 - 8 * byte))
            }
        }
        sodium_memzero(&state, MemoryLayout.size(ofValue: state))
    }

    private static func compress(
        _ block: UnsafeRawBufferPointer, _ words: UnsafeMutableBufferPointer<UInt32>, _ state: inout [5 of UInt32]
    ) {
        for index in 0..<16 {
            words[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
        }
        for index in 16..<80 {
            words[index] = left(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1)
        }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for index in 0..<80 {
            let (mixed, constant): (UInt32, UInt32) =
                switch index {
                case 0..<20: (b & c | ~b & d, 0x5a82_7999)
                case 20..<40: (b ^ c ^ d, 0x6ed9_eba1)
                case 40..<60: (b & c | b & d | c & d, 0x8f1b_bcdc)
                default: (b ^ c ^ d, 0xca62_c1d6)
                }
            let next = left(a, 5) &+ mixed &+ e &+ constant &+ words[index]
            (e, d, c, b, a) = (d, c, left(b, 30), a, next)
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
    }

    private static func left(_ word: UInt32, _ bits: UInt32) -> UInt32 { word << bits | word >> (32 - bits) }
}
