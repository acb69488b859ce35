/// The place of one revision of one credential. Revisions are generations of the vault, so a place is never used twice.
@frozen
package struct RecordPlace: Hashable, Comparable, Sendable {
    package let lookup: LookupID
    package let revision: UInt64

    @inlinable
    package init(lookup: LookupID, revision: UInt64) {
        self.lookup = lookup
        self.revision = revision
    }

    @inlinable
    package static func < (left: Self, right: Self) -> Bool {
        left.lookup != right.lookup ? left.lookup < right.lookup : left.revision < right.revision
    }
}

/// One revision as storage sees it: a place and two sealed parts. Nothing here can be opened by a store.
package struct SealedRecord: Equatable, Sendable {
    package let place: RecordPlace
    /// What lists and searches need, sealed.
    package let overview: [UInt8]
    /// The secret fields, sealed.
    package let secret: [UInt8]

    package init(place: RecordPlace, overview: [UInt8], secret: [UInt8]) {
        self.place = place
        self.overview = overview
        self.secret = secret
    }
}

/// The sealed parts of a row where the store holds them; valid only inside the call that hands them out.
package struct SealedParts {
    package let overview: UnsafeRawBufferPointer
    /// Empty when only overviews were asked for.
    package let secret: UnsafeRawBufferPointer

    package init(overview: UnsafeRawBufferPointer, secret: UnsafeRawBufferPointer) {
        self.overview = overview
        self.secret = secret
    }
}
