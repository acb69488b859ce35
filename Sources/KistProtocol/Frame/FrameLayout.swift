/// What is wrong with a frame. The connection that sent it is closed.
package enum FrameError: Error, Hashable, Sendable {
    case tooLarge
    case headerTooLarge
    case tooManySegments
    case segmentTooLarge
    /// The parts do not add up to the total.
    case inconsistent
}

/// How one frame is divided; all numbers are big-endian.
///
/// ```
/// u32 total ‖ u32 header ‖ u16 n ‖ n × u32 segment length ‖ header JSON ‖ segments
/// ```
///
/// `total` counts the bytes after itself, so framing never depends on JSON.
package struct FrameLayout: Hashable, Sendable {
    /// A whole frame with its first four bytes.
    package static let largest = 8 << 20
    package static let largestHeader = 64 << 10
    package static let largestSegment = 1 << 20
    package static let mostSegments = 4_096
    /// total, header length and n.
    package static let fixedBytes = 10

    /// Bytes of JSON.
    package let header: Int
    /// Bytes of each segment.
    package let segments: [Int]
    /// Bytes of all segments.
    package let segmentBytes: Int

    /// - Throws: the first limit that would be passed.
    package init(header: Int, segments: [Int]) throws(FrameError) {
        guard header >= 0, header <= Self.largestHeader else { throw .headerTooLarge }
        guard segments.count <= Self.mostSegments else { throw .tooManySegments }
        var sum = 0
        for length in segments {
            guard length >= 0, length <= Self.largestSegment else { throw .segmentTooLarge }
            sum += length
        }
        self.header = header
        self.segments = segments
        segmentBytes = sum
        guard prefixBytes + header + sum <= Self.largest else { throw .tooLarge }
    }

    /// Bytes before the segments and of the segments, from the first `fixedBytes` of a frame alone.
    ///
    /// - Throws: `FrameError` as `decode` does.
    package static func parts(of fixed: UnsafeRawBufferPointer) throws(FrameError) -> (head: Int, segments: Int) {
        func number(_ at: Int) -> Int {
            Int(UInt32(bigEndian: fixed.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
        }
        precondition(fixed.count == fixedBytes)
        _ = try decode(fixed)
        let head = fixedBytes + 4 * (Int(fixed[8]) << 8 | Int(fixed[9])) + number(4)
        return (head, number(0) + 4 - head)
    }

    /// How many segment lengths follow the first `fixedBytes` of a frame.
    package static func segmentCount(of fixed: [UInt8], most: Int) throws(FrameError) -> Int {
        let count = Int(fixed[8]) << 8 | Int(fixed[9])
        guard count <= most else { throw .tooManySegments }
        return count
    }

    /// Bytes before the header.
    package var prefixBytes: Int { Self.fixedBytes + 4 * segments.count }
    /// Bytes of the whole frame.
    package var frameBytes: Int { prefixBytes + header + segmentBytes }

    /// The bytes before the header.
    package func encodePrefix(into bytes: inout [UInt8]) {
        func append(_ value: Int) {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        append(frameBytes - 4)
        append(header)
        bytes.append(UInt8(truncatingIfNeeded: segments.count >> 8))
        bytes.append(UInt8(truncatingIfNeeded: segments.count))
        for length in segments { append(length) }
    }

    /// Reads a layout from the start of a stream.
    ///
    /// - Parameter bytes: what has come so far, from the first byte of the frame.
    /// - Returns: the layout, or `nil` when more bytes are needed.
    /// - Throws: `FrameError` as early as the bytes at hand prove it.
    package static func decode(_ bytes: UnsafeRawBufferPointer) throws(FrameError) -> FrameLayout? {
        func number(_ at: Int) -> Int {
            Int(bytes[at]) << 24 | Int(bytes[at + 1]) << 16 | Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
        }
        guard bytes.count >= 4 else { return nil }
        let total = number(0)
        guard total <= largest - 4 else { throw .tooLarge }
        guard total >= fixedBytes - 4 else { throw .inconsistent }
        guard bytes.count >= fixedBytes else { return nil }
        let header = number(4)
        guard header <= largestHeader else { throw .headerTooLarge }
        let count = Int(bytes[8]) << 8 | Int(bytes[9])
        guard count <= mostSegments else { throw .tooManySegments }
        guard total + 4 >= fixedBytes + 4 * count + header else { throw .inconsistent }
        guard bytes.count >= fixedBytes + 4 * count else { return nil }
        var segments: [Int] = []
        segments.reserveCapacity(count)
        for index in 0..<count { segments.append(number(fixedBytes + 4 * index)) }
        let layout = try FrameLayout(header: header, segments: segments)
        guard layout.frameBytes == total + 4 else { throw .inconsistent }
        return layout
    }
}
