private import Glibc
package import KistPosix
package import KistProtocol
package import SecretMemory

/// Whole frames over a blocking socket, with a deadline. Segments go straight from and into locked memory.
package struct Wire: ~Copyable {
    /// One frame as it came.
    package struct Frame: ~Copyable {
        /// Everything before the segments.
        private let head: [UInt8]
        private let headerStart: Int
        package let segments: SecretSegments

        init(head: [UInt8], headerStart: Int, segments: consuming SecretSegments) {
            self.head = head
            self.headerStart = headerStart
            self.segments = segments
        }

        /// The bytes of the header's JSON.
        package var header: [UInt8] { Array(head[headerStart...]) }

        /// The header.
        package borrowing func parse() throws(JSONError) -> JSONValue {
            let start = headerStart
            return try head.withUnsafeBytes { head in
                Result { () throws(JSONError) in
                    try JSONParser.parse(UnsafeRawBufferPointer(rebasing: head[start...]))
                }
            }.get()
        }

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
        var head = [UInt8](repeating: 0, count: FrameLayout.fixedBytes)
        // An answer comes whole: a look at how long it is, then one call for all of it.
        var done = 0
        if try !peek(&head, until: end) {
            try fill(&head, until: end)
            done = head.count
        }
        // No frame is so long that its first byte is not 0; `X` is a start that failed.
        if head[0] == UInt8(ascii: "X") { throw .cannotStart(Starting.executing(head[1])) }
        let parts = try Self.frame { () throws(FrameError) in
            try head.withUnsafeBytes { fixed in
                Result { () throws(FrameError) in try FrameLayout.parts(of: fixed) }
            }.get()
        }
        head.append(contentsOf: repeatElement(0, count: parts.head - head.count))
        let secret = try SecretBytes(count: parts.segments) { (segments) throws(ClientError) in
            try head.withUnsafeMutableBytes { head in
                Result { () throws(ClientError) in try fill(head, segments, from: done, until: end) }
            }.get()
        }
        let layout = try Self.frame { () throws(FrameError) in
            try head.withUnsafeBytes { head in
                Result { () throws(FrameError) in try FrameLayout.decode(head) }
            }.get()
        }
        guard let layout else { throw .broken("too many segments") }
        return Frame(
            head: head, headerStart: layout.prefixBytes,
            segments: SecretSegments(bytes: secret, lengths: layout.segments))
    }

    private static func frame<R>(_ body: () throws(FrameError) -> R) throws(ClientError) -> R {
        do { return try body() } catch { throw .broken("a frame of another form: \(error)") }
    }

    /// The process at the other end, as it was when it began to listen; `nil` for one without a number here.
    var pid: Int32? { (try? UnixSocket.peer(of: socket.raw)).flatMap { $0.pid > 0 ? $0.pid : nil } }

    /// What to wait at, for somebody who waits by other means.
    var descriptor: Int32 { socket.raw }

    /// Whether a frame has come whole, so that `receive` need not wait; for a little while it is waited for.
    ///
    /// - Returns: `false` also for frames that are longer than a socket holds.
    borrowing func hasWholeFrame(within milliseconds: Int32) -> Bool {
        let raw = socket.raw
        var waiting = 0
        let isThere = Vigil.ofProcess.keep(for: Self.usualWait) {
            waiting = UnixSocket.waiting(raw)
            return waiting > 0
        }
        if !isThere {
            guard UnixSocket.wait(raw, toWrite: false, milliseconds: milliseconds) else { return false }
            waiting = UnixSocket.waiting(raw)
        }
        var total: UInt32 = 0
        let got = withUnsafeMutableBytes(of: &total) { try? UnixSocket.peek(raw, into: $0) }
        return got == 4 && waiting >= Int(UInt32(bigEndian: total)) + 4
    }

    /// Nanoseconds in which an agent that has nothing else to do answers; so long it is waited for awake.
    private static let usualWait: Int64 = 120_000

    /// Waits for the first bytes of a frame, and leaves them where they are.
    ///
    /// - Returns: `false` when fewer have come, and perhaps no more will.
    private borrowing func peek(_ bytes: inout [UInt8], until end: Int64) throws(ClientError) -> Bool {
        while true {
            let got: Int?
            do {
                got = try bytes.withUnsafeMutableBytes { raw in
                    Result { () throws(PosixError) in try UnixSocket.peek(socket.raw, into: raw) }
                }.get()
            } catch { throw .broken("\(error)") }
            if let got { return got == bytes.count }
            try wait(toWrite: false, until: end)
        }
    }

    private borrowing func fill(_ bytes: inout [UInt8], until end: Int64) throws(ClientError) {
        try bytes.withUnsafeMutableBytes { raw in
            Result { () throws(ClientError) in
                try fill(raw, UnsafeMutableRawBufferPointer(start: nil, count: 0), until: end)
            }
        }.get()
    }

    /// - Parameter done: bytes of `first` that are there.
    private borrowing func fill(
        _ first: UnsafeMutableRawBufferPointer, _ second: UnsafeMutableRawBufferPointer, from done: Int = 0,
        until end: Int64
    ) throws(ClientError) {
        var done = done
        while done < first.count + second.count {
            let got: Int?
            do {
                got = try UnixSocket.receive(
                    socket.raw, UnsafeMutableRawBufferPointer(rebasing: first[min(done, first.count)...]),
                    UnsafeMutableRawBufferPointer(rebasing: second[max(0, done - first.count)...]))
            } catch {
                // It has read nothing of what we sent, so the end is a reset; its reason came first.
                if isNotStarted(first, done) { return }
                throw .broken("\(error)")
            }
            switch got {
            case nil: try wait(toWrite: false, until: end)
            case 0?:
                if isNotStarted(first, done) { return }
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
        let raw = socket.raw
        if !toWrite,
            Vigil.ofProcess.keep(for: Self.usualWait, until: { UnixSocket.wait(raw, toWrite: false, milliseconds: 0) })
        {
            return
        }
        let left = (end - BootClock.nanoseconds + 999_999) / 1_000_000
        guard left > 0, UnixSocket.wait(socket.raw, toWrite: toWrite, milliseconds: Int32(clamping: left)) else {
            // A signal also ends the wait; only the clock decides.
            if BootClock.nanoseconds < end { return }
            throw .timeout
        }
    }
}
