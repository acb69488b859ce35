extension [UInt8] {
    /// `withUnsafeBytes` with typed errors and noncopyable results.
    @inlinable
    package func withBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try span.bytes.withUnsafeBytes(body)
    }
}
