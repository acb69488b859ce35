internal import KistProtocol
internal import SecretMemory

/// One frame that came in: its header parsed, its segments in locked memory.
struct IncomingFrame: ~Copyable {
    let header: Result<JSONValue, JSONError>
    let segments: SecretSegments

    consuming func takeSegments() -> SecretSegments { segments }
}

/// Puts frames together from whatever pieces the socket gives.
///
/// The bytes that come in lie in locked memory; only those before the segments are ever copied elsewhere.
struct FrameReader: ~Copyable {
    private var prefix: [UInt8] = []
    private var layout: FrameLayout?
    private var header: [UInt8] = []
    private var secret: SecretBytes?
    private var filled = 0

    /// Whether a frame was begun and is not whole.
    var isBegun: Bool { !prefix.isEmpty }

    /// Bytes that the begun frame takes or will take.
    var reserved: Int { layout.map(\.frameBytes) ?? prefix.count }

    /// How many bytes of segments are still to come, if they come next.
    var missingSegmentBytes: Int {
        guard let layout, header.count == layout.header else { return 0 }
        return layout.segmentBytes - filled
    }

    /// Takes bytes from the front of `bytes`, as many as belong to the next frame.
    ///
    /// - Parameter most: bytes that a frame may have.
    /// - Returns: the frame, when it is whole now.
    mutating func take(
        _ bytes: inout UnsafeRawBufferPointer, most: Int = .max
    ) throws(FrameError) -> IncomingFrame? {
        if prefix.isEmpty, let frame = try takeWhole(&bytes, most: most) { return frame }
        while layout == nil {
            // One byte at a time only until the layout is known, a dozen bytes for most frames.
            guard let byte = bytes.first else { return nil }
            prefix.append(byte)
            bytes = UnsafeRawBufferPointer(rebasing: bytes[1...])
            layout = try prefix.withUnsafeBytes { raw in
                Result { () throws(FrameError) in try FrameLayout.decode(raw) }
            }.get()
        }
        guard let layout else { return nil }
        guard layout.frameBytes <= most else { throw .tooLarge }
        let headerPart = min(layout.header - header.count, bytes.count)
        header.append(contentsOf: bytes[..<headerPart])
        bytes = UnsafeRawBufferPointer(rebasing: bytes[headerPart...])
        guard header.count == layout.header else { return nil }
        if secret == nil { secret = SecretBytes(count: layout.segmentBytes) { _ in } }
        let part = min(layout.segmentBytes - filled, bytes.count)
        if part > 0 {
            let start = filled
            let source = UnsafeRawBufferPointer(rebasing: bytes[..<part])
            secret?.withMutableBytes { $0[start..<start + part].copyBytes(from: source) }
            filled += part
            bytes = UnsafeRawBufferPointer(rebasing: bytes[part...])
        }
        return finishIfWhole()
    }

    /// Lets `receive` write segment bytes in place.
    ///
    /// - Returns: what `receive` returned: how many bytes it got for the segments and beyond them.
    mutating func fill<E: Error>(
        _ receive: (UnsafeMutableRawBufferPointer) throws(E) -> Int?
    ) throws(E) -> Int? {
        guard let layout else { return nil }
        if secret == nil { secret = SecretBytes(count: layout.segmentBytes) { _ in } }
        let start = filled
        let got = try secret?.withMutableBytes { (bytes) throws(E) -> Int? in
            try receive(UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
        }
        guard let count = got else { return nil }
        filled += min(count, layout.segmentBytes - filled)
        return count
    }

    /// The frame whose last segment bytes `fill` has brought.
    mutating func finishIfWhole() -> IncomingFrame? {
        guard let layout, header.count == layout.header, filled == layout.segmentBytes, let secret = secret.take()
        else { return nil }
        let frame = IncomingFrame(
            header: Result { () throws(JSONError) in try JSONParser.parse(header) },
            segments: SecretSegments(bytes: secret, lengths: layout.segments))
        prefix = []
        header = []
        filled = 0
        self.layout = nil
        return frame
    }

    /// The usual case: the next frame lies whole in `bytes`, and its header is parsed where it lies.
    private func takeWhole(
        _ bytes: inout UnsafeRawBufferPointer, most: Int
    ) throws(FrameError) -> IncomingFrame? {
        guard let layout = try FrameLayout.decode(bytes), layout.frameBytes <= bytes.count else { return nil }
        guard layout.frameBytes <= most else { throw .tooLarge }
        let start = layout.prefixBytes
        let header = UnsafeRawBufferPointer(rebasing: bytes[start..<start + layout.header])
        let segments = UnsafeRawBufferPointer(rebasing: bytes[(start + layout.header)..<layout.frameBytes])
        let frame = IncomingFrame(
            header: Result { () throws(JSONError) in try JSONParser.parse(header) },
            segments: segments.isEmpty && layout.segments.isEmpty
                ? SecretSegments()
                : SecretSegments(
                    bytes: SecretBytes(count: segments.count) { $0.copyMemory(from: segments) },
                    lengths: layout.segments))
        bytes = UnsafeRawBufferPointer(rebasing: bytes[layout.frameBytes...])
        return frame
    }
}
