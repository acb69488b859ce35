internal import KistPosix
internal import KistProtocol
internal import SecretMemory

/// Collects the answers of one turn in locked memory and sends them with one call; wiped after every turn.
///
/// What is collected belongs to one connection. Bytes of one that turn up in the turn of another end the agent: it is
/// better gone than handing out a secret to the wrong one.
struct AnswerBuffer: ~Copyable {
    private static let capacity = 128 << 10

    private var memory = SecretBytes(count: AnswerBuffer.capacity) { _ in }
    private var used = 0
    /// Whose bytes these are, while there are any.
    private var owner: UInt64?
    /// Reused for every header, so that an answer allocates nothing.
    private var header: [UInt8] = []
    private var prefix: [UInt8] = []

    /// Adds one frame for `client`.
    ///
    /// - Parameter write: appends the header's JSON.
    mutating func append(
        to client: Client, _ segments: borrowing SecretSegments, _ write: (inout [UInt8]) -> Void
    ) throws(FrameError) {
        check(client)
        header.removeAll(keepingCapacity: true)
        prefix.removeAll(keepingCapacity: true)
        write(&header)
        let layout = try FrameLayout(header: header.count, segments: segments.lengths)
        layout.encodePrefix(into: &prefix)
        if client.pending != nil || used + layout.frameBytes > Self.capacity { spill(to: client, layout.frameBytes) }
        if client.pending == nil {
            owner = client.token
            copy(prefix, header, segments)
        } else {
            var more = SecretBytes(count: layout.frameBytes) { _ in }
            Self.copy(prefix, header, segments, to: &more, at: 0)
            client.pending = Self.join(client.pending.take(), from: client.sent, more, more.count)
            client.sent = 0
        }
    }

    /// Sends what this turn collected; what the socket does not take becomes the client's pending bytes.
    mutating func flush(_ client: Client) throws(PosixError) {
        check(client)
        if client.pending == nil, used > 0 {
            let used = used
            // Also when the connection is broken, or the next client would get what this one asked for.
            defer { wipe() }
            let sent = try memory.withBytes { (bytes) throws(PosixError) in
                try UnixSocket.send(client.socket.raw, UnsafeRawBufferPointer(rebasing: bytes[..<used]))
            }
            let start = sent ?? 0
            if start < used { client.pending = memory.slice(start..<used) }
            return
        }
        while let count = client.pending?.count {
            let start = client.sent
            let sent = try client.pending?.withBytes { (bytes) throws(PosixError) in
                try UnixSocket.send(client.socket.raw, UnsafeRawBufferPointer(rebasing: bytes[start...]))
            }
            guard let more = sent else { return }
            client.sent += more
            if client.sent == count {
                client.pending = nil
                client.sent = 0
            }
        }
    }

    /// Forgets what a client that is gone would have got.
    mutating func drop(_ client: UInt64) {
        if owner == client { wipe() }
    }

    private mutating func check(_ client: Client) {
        guard used > 0, owner != client.token else { return }
        wipe()
        fatalError("answers of one connection in the turn of another")
    }

    private mutating func wipe() {
        let used = used
        memory.withMutableBytes { bytes in
            _ = bytes[..<used].initializeMemory(as: UInt8.self, repeating: 0)
        }
        self.used = 0
        owner = nil
    }

    private mutating func copy(_ prefix: [UInt8], _ header: [UInt8], _ segments: borrowing SecretSegments) {
        Self.copy(prefix, header, segments, to: &memory, at: used)
        used += prefix.count + header.count + segments.bytes.count
    }

    /// Moves what is collected to the client's pending bytes when a frame does not fit any more.
    private mutating func spill(to client: Client, _ next: Int) {
        if used > 0 {
            client.pending = Self.join(client.pending.take(), from: client.sent, memory, used)
            client.sent = 0
            wipe()
        } else if client.pending == nil, next > Self.capacity {
            client.pending = SecretBytes(count: 0) { _ in }
            client.sent = 0
        }
    }

    private static func copy(
        _ prefix: [UInt8], _ header: [UInt8], _ segments: borrowing SecretSegments, to target: inout SecretBytes,
        at start: Int
    ) {
        target.withMutableBytes { bytes in
            bytes[start...].copyBytes(from: prefix)
            bytes[(start + prefix.count)...].copyBytes(from: header)
            segments.bytes.withBytes { bytes[(start + prefix.count + header.count)...].copyBytes(from: $0) }
        }
    }

    private static func join(
        _ first: consuming SecretBytes?, from start: Int, _ second: borrowing SecretBytes, _ count: Int
    ) -> SecretBytes {
        let kept = (first?.count ?? start) - start
        return SecretBytes(count: kept + count) { target in
            first?.withBytes { target.copyBytes(from: $0[start...]) }
            second.withBytes { target[kept...].copyBytes(from: $0[..<count]) }
        }
    }
}
