import KistPosix
import KistProtocol
import SecretMemory

extension CourierFrame {
    /// An answer with secrets behind it.
    static func send(
        _ json: JSONValue, _ segments: borrowing SecretSegments, _ socket: borrowing Descriptor
    ) throws {
        let text = json.encoded
        var bytes: [UInt8] = []
        try FrameLayout(header: text.count, segments: segments.lengths).encodePrefix(into: &bytes)
        try socket.write(bytes + text)
        try segments.bytes.withBytes { secret in
            var done = 0
            while done < secret.count {
                // A blocking socket: it takes something or breaks.
                let sent = try UnixSocket.send(
                    socket.raw, UnsafeRawBufferPointer(start: nil, count: 0),
                    UnsafeRawBufferPointer(rebasing: secret[done...]))
                guard let sent, sent > 0 else { throw Broken() }
                done += sent
            }
        }
    }
}
