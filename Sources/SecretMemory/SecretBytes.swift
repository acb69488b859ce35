private import CSodium
private import Glibc

/// Secret bytes with one owner: in locked memory, out of core dumps, wiped when the owner goes.
///
/// It cannot be copied, printed, interpolated, compared with `==` of `Equatable`, encoded, stored in `Any` or thrown;
/// `Tests/NonCompiling` proves each. Reading is scoped: `withBytes`.

package struct SecretBytes: ~Copyable, Sendable {
    /// Owned by this value alone, never replaced after `init`, freed in `deinit`: sending it elsewhere moves it.
    nonisolated(unsafe) private let base: UnsafeMutableRawPointer
    /// The number of bytes.
    package let count: Int

    /// `count` bytes, zero at first, filled by `fill`.
    ///
    /// When `fill` throws, the memory is wiped before the error leaves.
    package init<E: Error>(
        count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        precondition(count >= 0)
        precondition(sodium_init() >= 0, "libsodium could not start")
        guard let memory = sodium_malloc(max(count, 1)) else { fatalError("no memory for a secret") }
        base = memory
        self.count = count
        memset(base, 0, count)
        try fill(UnsafeMutableRawBufferPointer(start: base, count: count))
    }

    deinit { sodium_free(base) }

    /// Reads the bytes in place; the pointer must not leave `body`.
    package borrowing func withBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Changes the bytes in place; the pointer must not leave `body`.
    package mutating func withMutableBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(UnsafeMutableRawBufferPointer(start: base, count: count))
    }

    /// Wipes now instead of at the end of the scope.
    package consuming func wipe() { _ = consume self }
}
