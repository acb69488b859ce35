import SecretMemory

/// Values found in a file, one behind the other in locked memory.
struct SecretStack: ~Copyable {
    private var bytes = SecretBuffer(capacity: 4_096)
    private var ranges: [Range<Int>] = []

    var count: Int { ranges.count }

    /// - Returns: the number of the new value.
    mutating func push(_ value: UnsafeRawBufferPointer) -> Int {
        let start = bytes.count
        bytes.append(value)
        ranges.append(start..<bytes.count)
        return ranges.count - 1
    }

    mutating func push(_ value: borrowing SecretBytes) -> Int { value.withBytes { push($0) } }

    /// Text that was in ordinary memory already.
    mutating func push(exposed text: String) -> Int {
        var text = text
        return text.withUTF8 { push(UnsafeRawBufferPointer($0)) }
    }

    /// Reads one value in place; the pointer must not leave `body`.
    borrowing func withValue<R: ~Copyable, E: Error>(
        _ index: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        let range = ranges[index]
        return try bytes.withBytes { (all) throws(E) -> R in try body(UnsafeRawBufferPointer(rebasing: all[range])) }
    }

    borrowing func isEmpty(_ index: Int) -> Bool { ranges[index].isEmpty }

    /// A value that is no secret (a title, an address) as text.
    ///
    /// - Returns: `nil` when it is longer than 4,096 bytes or not UTF-8.
    borrowing func text(_ index: Int?) -> String? {
        guard let index, ranges[index].count <= 4_096 else { return nil }
        return withValue(index) { SecretJSON.isUTF8($0) ? String(decoding: $0, as: UTF8.self) : nil }
    }
}

extension SecretStack {
    /// Pushes a part of a value as a value of its own.
    mutating func pushPart(of index: Int, _ range: Range<Int>) -> Int {
        let part = withValue(index) { bytes in
            SecretBytes(count: range.count) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range])) }
        }
        return push(part)
    }
}
