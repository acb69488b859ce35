internal import KistStore

/// Where the index has a credential. While a change of the root moves rows there are two lookup ids for one name, and the
/// page goes by the former one: moving a credential then changes one page and no other.
struct Address: Hashable {
    /// Under the root that slots open.
    let lookup: LookupID
    /// Under the root that is being left; `nil` when there is none.
    let former: LookupID?

    init(_ lookup: LookupID, former: LookupID? = nil) {
        self.lookup = lookup
        self.former = former
    }

    /// What chooses the page.
    var home: LookupID { former ?? lookup }
}
