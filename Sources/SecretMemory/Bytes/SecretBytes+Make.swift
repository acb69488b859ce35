private import CSodium

extension SecretBytes {
    /// `count` bytes from the system's random generator.
    package static func makeRandom(count: Int) -> SecretBytes {
        precondition(sodium_init() >= 0, "libsodium could not start")
        return SecretBytes(count: count) { randombytes_buf($0.baseAddress!, $0.count) }
    }

    /// A copy of bytes that are in ordinary memory already (the caller knows where they came from).
    package init(copyingExposed bytes: some Collection<UInt8>) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// A second owner of the same bytes.
    package borrowing func copy() -> SecretBytes { slice(0..<count) }

    /// A second owner of some of the bytes.
    package borrowing func slice(_ range: Range<Int>) -> SecretBytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return withBytes { source in
            SecretBytes(count: range.count) { target in
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range]))
            }
        }
    }

    /// Whether both hold the same bytes, in time that depends on the lengths only.
    package static func == (left: borrowing SecretBytes, right: borrowing SecretBytes) -> Bool {
        guard left.count == right.count else { return false }
        let length = left.count
        return left.withBytes { first in
            right.withBytes { second in
                length == 0 || sodium_memcmp(first.baseAddress!, second.baseAddress!, length) == 0
            }
        }
    }
}
