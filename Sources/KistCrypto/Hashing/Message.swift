/// The bytes of a `Context`, put together on the stack: for keys and tags that are computed for every row of a list.
@frozen
package struct Message {
    @usableFromInline let memory: UnsafeMutableRawPointer
    @usableFromInline let capacity: Int
    @usableFromInline var count = 0

    @inlinable
    init(_ memory: UnsafeMutableRawBufferPointer) {
        self.memory = memory.baseAddress!
        capacity = memory.count
    }

    /// Lets `body` write at most `capacity` bytes, then use them; the message must not leave it.
    ///
    /// Without a result: one of any type would be looked up at run time, every time.
    package static func with(capacity: Int, _ body: (inout Message) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 16) { memory in
            var message = Message(memory)
            body(&message)
        }
    }

    @inlinable @inline(__always)
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

    /// The bytes themselves.
    @inlinable @inline(__always)
    package mutating func append(plain bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= capacity - count)
        if let base = bytes.baseAddress { (memory + count).copyMemory(from: base, byteCount: bytes.count) }
        count += bytes.count
    }

    /// The number, big-endian.
    @inlinable @inline(__always)
    package mutating func append(plain number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { append(plain: $0) }
    }

    /// `LP(bytes)`.
    @inlinable @inline(__always)
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        append(plain: UInt32(bytes.count))
        append(plain: bytes)
    }

    /// `LP(text)` as UTF-8.
    @inlinable @inline(__always)
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }
}
