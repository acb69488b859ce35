private import Glibc
internal import KistLogins
internal import SecretMemory

/// What a tool says on standard input, as far as it was read, in locked memory.
struct ToolInput: ~Copyable {
    private(set) var bytes = SecretBuffer(capacity: HandedInput.most)

    /// Reads once.
    ///
    /// - Returns: `false` at the end.
    mutating func readMore() throws(Unanswered) -> Bool {
        let room = HandedInput.most - bytes.count
        guard room > 0 else { throw Unanswered() }
        let count = try bytes.append(atMost: room) { (target) throws(Unanswered) in
            while true {
                let count = read(0, target.baseAddress, target.count)
                if count >= 0 { return count }
                guard errno == EINTR else { throw Unanswered() }
            }
        }
        return count > 0
    }

    /// All of it, up to the end.
    mutating func whole() throws(Unanswered) -> SecretBytes {
        while try readMore() {}
        return bytes.withBytes { Self.copy($0) }
    }

    /// What was answered is not handed on.
    mutating func forget() { bytes = SecretBuffer(capacity: HandedInput.most) }

    static func copy(_ bytes: UnsafeRawBufferPointer) -> SecretBytes {
        SecretBytes(count: bytes.count) { $0.copyMemory(from: bytes) }
    }
}
