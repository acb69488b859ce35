private import Glibc
package import KistPosix
package import KistProtocol
package import SecretMemory

/// Whole frames over a blocking socket, with a deadline. Segments go straight from and into locked memory.
package struct Wire: ~Copyable {
    /// One frame as it came.
    package struct Frame: ~Copyable {
        package let header: [UInt8]
        package let segments: SecretSegments

        package consuming func takeSegments() -> SecretSegments { segments }
    }

    private let socket: Descriptor

    package init(socket: consuming Descriptor) {
        socket.setNonblocking(true)
        self.socket = socket
    }

    /// The bytes of a frame before its segments.
    package static func frame(_ header: JSONValue, _ segments: [Int]) throws(ClientError) -> [UInt8] {
        let json = header.encoded
        do {
            let layout = try FrameLayout(header: json.count, segments: segments)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(layout.prefixBytes + json.count)
            layout.encodePrefix(into: &bytes)
            bytes.append(contentsOf: json)
            return bytes
        } catch { throw .tooLarge }
    }

    /// - Parameters:
    ///   - head: everything before the segments; it may begin with another whole frame.
    ///   - end: on `BootClock`.
    package borrowing func send(
        _ head: [UInt8], _ segments: borrowing SecretSegments, until end: Int64
    ) throws(ClientError) {
        var done = 0
        let total = head.count + segments.bytes.count
        while done < total {
            let sent: Int?
            do {
                sent = try segments.bytes.withBytes { secret throws(PosixError) in
                    try head.withUnsafeBytes { head in
                        Result { () throws(PosixError) in
                            try UnixSocket.send(
                                socket.raw, UnsafeRawBufferPointer(rebasing: head[min(done, head.count)...]),
                                UnsafeRawBufferPointer(rebasing: secret[max(0, done - head.count)...]))
                        }
                    }.get()
                }
            } catch {
                try throwIfNotStarted()
                throw .broken("\(error)")
            }
            if let sent { done += sent } else { try wait(toWrite: true, until: end) }
        }
    }

    package borrowing func receive(until end: Int64) throws(ClientError) -> Frame {
        var fixed = [UInt8](repeating: 0, count: FrameLayout.fixedBytes)
        try fill(&fixed, until: end)
        // No frame is so long that its first byte is not 0; `X` is a start that failed.
        if fixed[0] == UInt8(ascii: "X") { throw .cannotStart(Starting.executing(fixed[1])) }
        let count = Int(fixed[8]) << 8 | Int(fixed[9])
        var lengths = [UInt8](repeating: 0, count: 4 * min(count, FrameLayout.mostSegments))
        try fill(&lengths, until: end)
        let prefix = fixed + lengths
        let layout: FrameLayout
        do {
            let found = try prefix.withUnsafeBytes { bytes in
                Result { () throws(FrameError) in try FrameLayout.decode(bytes) }
            }.get()
            guard let found else { throw ClientError.broken("too many segments") }
            layout = found
        } catch let error as ClientError { throw error } catch { throw .broken("a frame of another form: \(error)") }
        var header = [UInt8](repeating: 0, count: layout.header)
        try fill(&header, until: end)
        let secret = try SecretBytes(count: layout.segmentBytes) { (bytes) throws(ClientError) in
            try fill(bytes, until: end)
        }
        return Frame(header: header, segments: SecretSegments(bytes: secret, lengths: layout.segments))
    }

    /// What to wait at, for somebody who waits by other means.
    var descriptor: Int32 { socket.raw }

    /// Whether a frame has come whole, so that `receive` need not wait; for a little while it is waited for.
    ///
    /// - Returns: `false` also for frames that are longer than a socket holds.
    borrowing func hasWholeFrame(within milliseconds: Int32) -> Bool {
        guard UnixSocket.wait(socket.raw, toWrite: false, milliseconds: milliseconds),
            let total = UnixSocket.peekNumber(socket.raw)
        else { return false }
        return UnixSocket.waiting(socket.raw) >= Int(total) + 4
    }

    private borrowing func fill(_ bytes: inout [UInt8], until end: Int64) throws(ClientError) {
        try bytes.withUnsafeMutableBytes { raw in
            Result { () throws(ClientError) in try fill(raw, until: end) }
        }.get()
    }

    private borrowing func fill(_ bytes: UnsafeMutableRawBufferPointer, until end: Int64) throws(ClientError) {
        var done = 0
        while done < bytes.count {
            let got: Int?
            do {
                got = try UnixSocket.receive(socket.raw, UnsafeMutableRawBufferPointer(rebasing: bytes[done...]))
            } catch {
                // It has read nothing of what we sent, so the end is a reset; its reason came first.
                if isNotStarted(bytes, done) { return }
                throw .broken("\(error)")
            }
            switch got {
            case nil: try wait(toWrite: false, until: end)
            case 0?:
                if isNotStarted(bytes, done) { return }
                throw .broken("the agent closed the connection")
            case let count?: done += count
            }
        }
    }

    /// Whether the start of a frame is `X` and an errno: the private agent could not be executed.
    private borrowing func isNotStarted(_ bytes: UnsafeMutableRawBufferPointer, _ count: Int) -> Bool {
        count == 2 && bytes.count == FrameLayout.fixedBytes && bytes[0] == UInt8(ascii: "X")
    }

    /// A private agent that could not be executed has left its reason in the socket.
    private borrowing func throwIfNotStarted() throws(ClientError) {
        let word: (UInt8, UInt8) = withUnsafeTemporaryAllocation(byteCount: 2, alignment: 1) { bytes in
            let count = (try? UnixSocket.receive(socket.raw, bytes)) ?? 0
            return count == 2 ? (bytes[0], bytes[1]) : (0, 0)
        }
        if word.0 == UInt8(ascii: "X") { throw .cannotStart(Starting.executing(word.1)) }
    }

    private borrowing func wait(toWrite: Bool, until end: Int64) throws(ClientError) {
        let left = (end - BootClock.nanoseconds + 999_999) / 1_000_000
        guard left > 0, UnixSocket.wait(socket.raw, toWrite: toWrite, milliseconds: Int32(clamping: left)) else {
            // A signal also ends the wait; only the clock decides.
            if BootClock.nanoseconds < end { return }
            throw .timeout
        }
    }
}
