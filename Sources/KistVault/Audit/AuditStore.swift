/// Where the audit log rests: one active segment beside the vault, and older ones that are only read. The bytes are opaque.
///
/// An adapter keys it by the vault's path. It appends with one `write(2)` each, and nobody else has a descriptor of it.
package protocol AuditStore: AnyObject {
    /// Numbers of the older segments, ascending.
    func older() throws(AuditStoreError) -> [UInt64]

    /// Bytes of a segment; `nil` when there is none.
    ///
    /// - Parameter segment: the number of an older one; `nil` for the active one.
    func size(of segment: UInt64?) throws(AuditStoreError) -> Int?

    /// At most `count` bytes from `offset` on; fewer at the end.
    func read(_ segment: UInt64?, at offset: Int, count: Int) throws(AuditStoreError) -> [UInt8]

    /// Puts a new active segment in place, durably: whole or not at all, also over a kill.
    ///
    /// - Parameter number: what the present active segment is called from then on; `nil` when there is none.
    func begin(with bytes: [UInt8], retiring number: UInt64?) throws(AuditStoreError)

    /// Adds to the end of the active segment. After an error nothing of it is there.
    func append(_ bytes: [UInt8]) throws(AuditStoreError)

    /// Replaces bytes within a segment.
    func overwrite(_ segment: UInt64?, at offset: Int, with bytes: [UInt8]) throws(AuditStoreError)

    /// Cuts the active segment.
    func cut(to size: Int) throws(AuditStoreError)

    /// Makes sure that the disk has room for `count` bytes behind the end. Does nothing where the file system cannot.
    func reserve(_ count: Int) throws(AuditStoreError)

    /// Makes the active segment durable.
    func sync() throws(AuditStoreError)

    func remove(_ segment: UInt64) throws(AuditStoreError)

    /// Whether the active segment is still the file at its path, with exactly `size` bytes.
    func isIntact(size: Int) -> Bool

    /// Lets go of every file.
    func close()
}

package struct AuditStoreError: Error, Equatable, Sendable {
    /// The `errno`.
    package let code: Int32

    package init(code: Int32) { self.code = code }
}
