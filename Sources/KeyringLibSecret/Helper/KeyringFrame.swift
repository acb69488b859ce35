internal import KistPosix
internal import KistProtocol
internal import SecretMemory

/// One frame on the helper's socket; segments go straight into and out of locked memory.
struct KeyringFrame: ~Copyable {
    let header: [UInt8]
    let segments: SecretSegments

    struct Broken: Error {}

    static func receive(_ socket: borrowing Descriptor) throws -> KeyringFrame {
        var prefix = [UInt8](repeating: 0, count: FrameLayout.fixedBytes)
        try fill(&prefix, socket)
        let count = Int(prefix[8]) << 8 | Int(prefix[9])
        // No request has more.
        guard count <= 1 else { throw Broken() }
        var lengths = [UInt8](repeating: 0, count: 4 * count)
        try fill(&lengths, socket)
        prefix += lengths
        guard let layout = try prefix.withUnsafeBytes({ try FrameLayout.decode($0) }) else { throw Broken() }
        var header = [UInt8](repeating: 0, count: layout.header)
        try fill(&header, socket)
        let secret = try SecretBytes(count: layout.segmentBytes) { bytes in try fill(bytes, socket) }
        return KeyringFrame(header: header, segments: SecretSegments(bytes: secret, lengths: layout.segments))
    }

    /// - Parameter key: segment 0, when it is not empty.
    static func send(_ answer: KeyringAnswer, _ key: borrowing SecretBuffer, _ socket: borrowing Descriptor) throws {
        let text = answer.json.encoded
        var bytes: [UInt8] = []
        try FrameLayout(header: text.count, segments: key.count == 0 ? [] : [key.count]).encodePrefix(into: &bytes)
        try socket.write(bytes + text)
        try key.withBytes { try socket.write($0) }
    }

    private static func fill(_ bytes: inout [UInt8], _ socket: borrowing Descriptor) throws {
        try bytes.withUnsafeMutableBytes { try fill($0, socket) }
    }

    private static func fill(_ bytes: UnsafeMutableRawBufferPointer, _ socket: borrowing Descriptor) throws {
        var done = 0
        while done < bytes.count {
            let got = try socket.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[done...]))
            guard got > 0 else { throw Broken() }
            done += got
        }
    }
}
