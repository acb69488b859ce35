private import Glibc
internal import SecretMemory

/// Lines of standard input, one at a time as they come, in locked memory: a tool that keeps its helper running waits for an
/// answer before it says more.
struct LineInput: ~Copyable {
    private let descriptor: Int32
    /// Bytes of a line.
    private let longest: Int
    private var rest = SecretBuffer(capacity: 4_096)
    private var isAtEnd = false

    init(_ descriptor: Int32 = 0, longest: Int) {
        self.descriptor = descriptor
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
            try fill()
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

    private mutating func fill() throws(Failure) {
        var problem: Int32 = 0
        let descriptor = descriptor
        let count = rest.append(atMost: 4_096) { target -> Int in
            while true {
                let count = read(descriptor, target.baseAddress, target.count)
                if count >= 0 { return count }
                if errno == EINTR { continue }
                problem = errno
                return 0
            }
        }
        guard problem == 0 else {
            throw Failure("standard input could not be read: \(String(cString: strerror(problem)))")
        }
        isAtEnd = count == 0
    }

    private static func copy(_ bytes: Slice<UnsafeRawBufferPointer>) -> SecretBytes {
        SecretBytes(count: bytes.count) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes)) }
    }
}
