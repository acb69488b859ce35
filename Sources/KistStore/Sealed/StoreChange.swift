/// The two blobs that govern everything else in a store.
package struct StoredHead: Equatable, Sendable {
    package var header: [UInt8]
    package var manifest: [UInt8]

    package init(header: [UInt8], manifest: [UInt8]) {
        self.header = header
        self.manifest = manifest
    }
}

/// One page of the index.
package struct IndexPage: Equatable, Sendable {
    package let number: UInt32
    package let bytes: [UInt8]

    package init(number: UInt32, bytes: [UInt8]) {
        self.number = number
        self.bytes = bytes
    }
}

/// Everything that one write changes. A store applies it whole, durably, or not at all.
package struct StoreChange: Sendable {
    /// The manifest that must be in the store at this moment; `nil` when the store must still be empty.
    package var expected: [UInt8]?
    /// `nil` leaves the header as it is.
    package var header: [UInt8]?
    package var manifest: [UInt8]
    /// Rows to add. A row that is there already is an error (`StoreError.damaged`).
    package var added: [SealedRecord] = []
    /// Rows to drop. A row that is not there is no error: a damaged credential can still be removed.
    package var removed: [RecordPlace] = []
    /// Index pages to write; one without bytes is dropped.
    package var pages: [IndexPage] = []
    /// Drop every index page first (the number of pages changed).
    package var replacesAllPages = false

    package init(expected: [UInt8]?, header: [UInt8]? = nil, manifest: [UInt8]) {
        self.expected = expected
        self.header = header
        self.manifest = manifest
    }
}
