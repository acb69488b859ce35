internal import KistPosix
internal import KistProtocol
internal import SecretMemory

/// One frame on the helper's socket; segments go straight into and out of locked memory.
struct KeyringFrame: ~Copyable {
    let header: [UInt8]
    let segments: SecretSegments

    struct Broken: Error {}

    static func receive(_ socket: borrowing Descriptor) throws -> KeyringFrame {
        // No request has more than one.
        var prefix = try socket.readWhole(FrameLayout.fixedBytes)
        prefix += try socket.readWhole(4 * FrameLayout.segmentCount(of: prefix, most: 1))
        guard let layout = try prefix.withUnsafeBytes({ try FrameLayout.decode($0) }) else { throw Broken() }
        let header = try socket.readWhole(layout.header)
        let secret = try SecretBytes(count: layout.segmentBytes) { bytes in try socket.readWhole(into: bytes) }
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
}
