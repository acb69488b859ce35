import KistPosix
import KistProtocol
import SecretMemory

/// One frame on the proxy's socket; segments go straight into locked memory.
struct ProxyFrame: ~Copyable {
    let header: [UInt8]
    private let segments: SecretSegments

    struct Broken: Error {}

    static func receive(_ socket: borrowing Descriptor) throws -> ProxyFrame {
        var prefix = [UInt8](repeating: 0, count: FrameLayout.fixedBytes)
        try fill(&prefix, socket)
        let count = Int(prefix[8]) << 8 | Int(prefix[9])
        guard count <= FrameLayout.mostSegments, count % 2 == 0 else { throw Broken() }
        var lengths = [UInt8](repeating: 0, count: 4 * count)
        try fill(&lengths, socket)
        prefix += lengths
        guard let layout = try prefix.withUnsafeBytes({ try FrameLayout.decode($0) }) else { throw Broken() }
        var header = [UInt8](repeating: 0, count: layout.header)
        try fill(&header, socket)
        let secret = try SecretBytes(count: layout.segmentBytes) { bytes in try fill(bytes, socket) }
        return ProxyFrame(header: header, segments: SecretSegments(bytes: secret, lengths: layout.segments))
    }

    consuming func takeSegments() -> SecretSegments { segments }

    static func send(_ json: JSONValue, _ socket: borrowing Descriptor) throws {
        let text = json.encoded
        var bytes: [UInt8] = []
        try FrameLayout(header: text.count, segments: []).encodePrefix(into: &bytes)
        try socket.write(bytes + text)
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
