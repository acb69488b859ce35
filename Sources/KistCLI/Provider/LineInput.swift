internal import SecretMemory

/// Lines of standard input, one at a time as they come, in locked memory: a tool that keeps its helper running waits for an
/// answer before it says more.
struct LineInput: ~Copyable {
    private let descriptor: Int32
    /// Where lines stand before those of `descriptor`.
    private var first: Int32?
    /// Bytes of a line.
    private let longest: Int
    private var rest = SecretBuffer(capacity: 4_096)
    private var isAtEnd = false

    init(_ descriptor: Int32 = 0, after first: Int32? = nil, longest: Int) {
        self.descriptor = descriptor
        self.first = first
        self.longest = longest
    }

    /// The next line without its end; `nil` when there are no more. Empty lines are passed over.
    mutating func next() throws(Failure) -> SecretBytes? {
        while true {
            if let line = takeLine() {
                if line.count > 0 { return line }
                continue
            }
            guard !isAtEnd else {
                guard rest.count > 0 else { return nil }
                let last = rest.withBytes { Self.copy($0[...]) }
                rest = SecretBuffer()
                return last
            }
            guard rest.count <= longest else { throw Failure.usage("a line is longer than \(longest) bytes") }
            guard try rest.read(first ?? descriptor, what: "standard input") == 0 else { continue }
            if first == nil { isAtEnd = true } else { first = nil }
        }
    }

    private mutating func takeLine() -> SecretBytes? {
        guard let end = rest.withBytes({ $0.firstIndex(of: 10) }) else { return nil }
        let line = rest.withBytes { bytes in
            let text = bytes[..<end]
            return Self.copy(text.last == 13 ? text.dropLast() : text)
        }
        var left = SecretBuffer(capacity: 4_096)
        rest.withBytes { left.append(UnsafeRawBufferPointer(rebasing: $0[(end + 1)...])) }
        rest = left
        return line
    }

    private static func copy(_ bytes: Slice<UnsafeRawBufferPointer>) -> SecretBytes {
        SecretBytes(count: bytes.count) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes)) }
    }
}
