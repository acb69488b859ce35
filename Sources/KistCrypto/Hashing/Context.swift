/// What a key or a tag is bound to: length-prefixed parts, so that no two different lists of parts give the same bytes.
///
/// `LP(x)` = u32 length, big-endian ‖ x. Not secret.
package struct Context: Sendable {
    package private(set) var bytes: [UInt8] = []

    /// Begins with `LP(label)`.
    package init(_ label: String) {
        bytes.reserveCapacity(192)
        var label = label
        label.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Begins with nothing: the parts say all.
    package init() { bytes.reserveCapacity(192) }

    /// `LP(part)`.
    package mutating func append(_ part: UnsafeRawBufferPointer) {
        append(plain: UInt32(part.count))
        bytes.append(contentsOf: part)
    }

    /// `LP(part)`.
    package mutating func append(_ part: [UInt8]) { part.withUnsafeBytes { append($0) } }

    /// `LP(text)` as UTF-8.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// The number itself, big-endian, without a length.
    package mutating func append(plain number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    package func appending(_ part: [UInt8]) -> Context {
        var longer = self
        longer.append(part)
        return longer
    }

    package func appending(_ text: String) -> Context {
        var longer = self
        longer.append(text)
        return longer
    }

    package func appending(plain number: some FixedWidthInteger) -> Context {
        var longer = self
        longer.append(plain: number)
        return longer
    }
}
