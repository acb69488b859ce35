/// Padding that lets lengths tell little: `u32 length ‖ plaintext ‖ zeros` up to a bucket.
///
/// Buckets are 256, 512, 1,024, 2,048 and 4,096 bytes, then Padmé's (at most 12 % more; Nikitin et al., PETS 2019).
package enum Padding {
    /// Bytes before the plaintext.
    package static let prefix = 4

    /// The padded size of `count` bytes of plaintext.
    package static func size(_ count: Int) -> Int {
        let total = count + prefix
        if total <= 256 { return 256 }
        if total <= 4_096 { return 1 << (Int.bitWidth - (total - 1).leadingZeroBitCount) }
        let exponent = Int.bitWidth - 1 - total.leadingZeroBitCount
        let digits = Int.bitWidth - exponent.leadingZeroBitCount
        let step = 1 << (exponent - digits)
        return (total + step - 1) / step * step
    }

    /// Where the plaintext lies within padded bytes.
    ///
    /// - Throws: when the size is not the one for that length, or a byte of the padding is not zero: one plaintext has one
    ///   encoding.
    package static func range(in padded: UnsafeRawBufferPointer) throws(SealError) -> Range<Int> {
        guard padded.count >= 256 else { throw SealError() }
        let count = Int(UInt32(bigEndian: padded.loadUnaligned(as: UInt32.self)))
        guard count <= padded.count - prefix, size(count) == padded.count else { throw SealError() }
        var rest: UInt8 = 0
        for byte in padded[(prefix + count)...] { rest |= byte }
        guard rest == 0 else { throw SealError() }
        return prefix..<prefix + count
    }

    /// Writes `u32 length` at the start of memory whose rest is plaintext and zeros already.
    package static func writeLength(_ count: Int, into padded: UnsafeMutableRawBufferPointer) {
        padded.storeBytes(of: UInt32(count).bigEndian, as: UInt32.self)
    }
}
