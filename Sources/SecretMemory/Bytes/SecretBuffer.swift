/// A growing row of secret bytes, for input whose length is not known and for putting secrets together.
///
/// Growth moves the bytes into a larger locked allocation and wipes the smaller one.
package struct SecretBuffer: ~Copyable, Sendable {
    private var memory: SecretBytes
    package private(set) var count = 0

    /// Bytes that can be appended before it grows.
    package var room: Int { memory.count - count }

    package init(capacity: Int = 256) { memory = SecretBytes(count: max(capacity, 16)) { _ in } }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        let start = count
        memory.withMutableBytes { target in
            UnsafeMutableRawBufferPointer(rebasing: target[start..<start + bytes.count]).copyMemory(from: bytes)
        }
        count += bytes.count
    }

    package mutating func append(_ secret: borrowing SecretBytes) { secret.withBytes { append($0) } }

    /// Text that is not secret, such as the name before an `=`.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    package mutating func append(_ byte: UInt8) {
        withUnsafeBytes(of: byte) { append($0) }
    }

    /// Lets `fill` write up to `atMost` more bytes in place (a `read(2)`); it returns how many it wrote.
    package mutating func append<E: Error>(
        atMost: Int, filledBy fill: (UnsafeMutableRawBufferPointer) throws(E) -> Int
    ) throws(E) -> Int {
        reserve(atMost)
        let start = count
        let written = try memory.withMutableBytes { (target) throws(E) -> Int in
            try fill(UnsafeMutableRawBufferPointer(rebasing: target[start..<start + atMost]))
        }
        precondition(written >= 0 && written <= atMost)
        count += written
        return written
    }

    /// Takes the last bytes away again, and wipes them.
    package mutating func removeLast(_ number: Int) {
        precondition(number >= 0 && number <= count)
        let (from, to) = (count - number, count)
        memory.withMutableBytes { bytes in
            _ = UnsafeMutableRawBufferPointer(rebasing: bytes[from..<to]).initializeMemory(
                as: UInt8.self, repeating: 0)
        }
        count = from
    }

    package borrowing func withBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        let used = count
        return try memory.withBytes { (all) throws(E) -> R in
            try body(UnsafeRawBufferPointer(rebasing: all[..<used]))
        }
    }

    /// Ends the buffer: its bytes, exactly.
    package consuming func finish() -> SecretBytes { memory.slice(0..<count) }

    private mutating func reserve(_ more: Int) {
        guard count + more > memory.count else { return }
        let used = count
        let larger = memory.withBytes { old in
            SecretBytes(count: max(used + more, old.count * 2)) { new in
                new.copyMemory(from: UnsafeRawBufferPointer(rebasing: old[..<used]))
            }
        }
        memory = larger
    }
}
