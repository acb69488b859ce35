import KistPosix
import KistProtocol
import SecretMemory

/// One frame on the courier's socket; segments go straight into locked memory.
struct CourierFrame: ~Copyable {
    let header: [UInt8]
    let segments: SecretSegments

    struct Broken: Error {}

    static func receive(_ socket: borrowing Descriptor) throws -> CourierFrame {
        var prefix = try socket.readWhole(FrameLayout.fixedBytes)
        prefix += try socket.readWhole(4 * FrameLayout.segmentCount(of: prefix, most: FrameLayout.mostSegments))
        guard let layout = try prefix.withUnsafeBytes({ try FrameLayout.decode($0) }) else { throw Broken() }
        let header = try socket.readWhole(layout.header)
        let secret = try SecretBytes(count: layout.segmentBytes) { bytes in try socket.readWhole(into: bytes) }
        return CourierFrame(header: header, segments: SecretSegments(bytes: secret, lengths: layout.segments))
    }

    static func send(_ json: JSONValue, _ socket: borrowing Descriptor) throws {
        let text = json.encoded
        var bytes: [UInt8] = []
        try FrameLayout(header: text.count, segments: []).encodePrefix(into: &bytes)
        try socket.write(bytes + text)
    }
}
