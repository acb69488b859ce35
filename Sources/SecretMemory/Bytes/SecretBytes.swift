internal import Synchronization

/// Secret bytes with one owner: in locked memory, out of core dumps, wiped when the owner goes.
///
/// It cannot be copied, printed, interpolated, compared with `==` of `Equatable`, encoded, stored in `Any` or thrown;
/// `Tests/NonCompiling` proves each. Reading is scoped: `withBytes`.
package struct SecretBytes: ~Copyable, Sendable {
    /// Owned by this value alone, never replaced after `init`, given back in `deinit`: sending it elsewhere moves it.
    @usableFromInline nonisolated(unsafe) let base: UnsafeMutableRawPointer  // one owner, set once
    /// The number of bytes.
    package let count: Int

    /// `count` bytes, zero at first, filled by `fill`.
    ///
    /// When `fill` throws, the memory is wiped before the error leaves.
    @inlinable @inline(__always)
    package init<E: Error>(
        count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        base = Self.take(count)
        self.count = count
        try fill(UnsafeMutableRawBufferPointer(start: base, count: count))
    }

    deinit {
        let block = Block(base)
        SlabPool.shared.withLock { $0.giveBack(block.base!, count) }
    }

    /// Reads the bytes in place; the pointer must not leave `body`.
    @inlinable @inline(__always)
    package borrowing func withBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Changes the bytes in place; the pointer must not leave `body`.
    @inlinable @inline(__always)
    package mutating func withMutableBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(UnsafeMutableRawBufferPointer(start: base, count: count))
    }

    /// Wipes now instead of at the end of the scope.
    package consuming func wipe() { _ = consume self }

    /// Zero bytes from the pool.
    @usableFromInline
    static func take(_ count: Int) -> UnsafeMutableRawPointer {
        precondition(count >= 0)
        guard let block = SlabPool.shared.withLock({ Block($0.take(count)) }).base else {
            fatalError("no memory for a secret")
        }
        return block
    }
}

/// Carries a block that has one owner over the lock's border.
private struct Block: @unchecked Sendable {  // one owner at a time: it is handed over, never shared
    let base: UnsafeMutableRawPointer?

    init(_ base: UnsafeMutableRawPointer?) { self.base = base }
}
