/// The store port: opaque sealed bytes in, the same bytes out, every write whole and durable.
///
/// Storage is not trusted: it holds no key and can check nothing, so the vault checks all that it hands out. A store is
/// used by one thread at a time.
package protocol RecordStore: AnyObject {
    /// The header and the manifest; `nil` when the store is new and empty.
    func loadHead() throws(StoreError) -> StoredHead?

    /// Hands out every index page in strictly ascending order of number, until `body` returns `false`.
    func loadPages(_ body: (UInt32, UnsafeRawBufferPointer) -> Bool) throws(StoreError)

    /// Reads one row in place.
    ///
    /// - Returns: what `body` returned, or `nil` when there is no such row.
    func withRecord<R: ~Copyable>(
        at place: RecordPlace, secretToo: Bool, _ body: (SealedParts) -> R
    ) throws(StoreError) -> R?

    /// Hands out every row beyond `start` (`nil`: every row) in strictly ascending order of place, until `body` returns
    /// `false`.
    func scan(
        after start: RecordPlace?, secretToo: Bool, _ body: (RecordPlace, SealedParts) -> Bool
    ) throws(StoreError)

    /// Applies `change` whole and durably before it returns; on any error nothing of it is visible.
    ///
    /// - Throws: `.replaced` when the manifest in the store is not `change.expected`. After `.io` the outcome is not
    ///   known: `reopen()` and look.
    func commit(_ change: StoreChange) throws(StoreError)

    /// From here to `endReading`, what one `withRecord` holds on to may stay for the next: the store's content cannot
    /// change meanwhile, and nobody else can write. Never across a wait for somebody. Every other verb lets go by itself.
    func beginReading()

    /// Lets go of what reading holds on to; without `beginReading` there is nothing.
    func endReading()

    /// Closes and opens again, with all checks.
    func reopen() throws(StoreError)

    /// Lets go of the file. Every other verb opens it again.
    func close()

    /// Settings as they are now.
    func facts() throws(StoreError) -> StoreFacts
}

extension RecordStore {
    /// Hands out every row in strictly ascending order of place, until `body` returns `false`.
    package func scan(secretToo: Bool, _ body: (RecordPlace, SealedParts) -> Bool) throws(StoreError) {
        try scan(after: nil, secretToo: secretToo, body)
    }
}
