import KistPosix
import KistProtocol
import SecretMemory

/// One frame on the proxy's socket; segments go straight into locked memory.
struct ProxyFrame: ~Copyable {
    let header: [UInt8]
    private let segments: SecretSegments

    struct Broken: Error {}

    static func receive(_ socket: borrowing Descriptor) throws -> ProxyFrame {
        var prefix = try socket.readWhole(FrameLayout.fixedBytes)
        let count = try FrameLayout.segmentCount(of: prefix, most: FrameLayout.mostSegments)
        guard count % 2 == 0 else { throw Broken() }
        prefix += try socket.readWhole(4 * count)
        guard let layout = try prefix.withUnsafeBytes({ try FrameLayout.decode($0) }) else { throw Broken() }
        let header = try socket.readWhole(layout.header)
        let secret = try SecretBytes(count: layout.segmentBytes) { bytes in try socket.readWhole(into: bytes) }
        return ProxyFrame(header: header, segments: SecretSegments(bytes: secret, lengths: layout.segments))
    }

    consuming func takeSegments() -> SecretSegments { segments }

    static func send(_ json: JSONValue, _ socket: borrowing Descriptor) throws {
        let text = json.encoded
        var bytes: [UInt8] = []
        try FrameLayout(header: text.count, segments: []).encodePrefix(into: &bytes)
        try socket.write(bytes + text)
    }
}
