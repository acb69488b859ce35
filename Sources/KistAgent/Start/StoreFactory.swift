package import KistStore

/// How a vault's store is opened. Passed in at composition: the agent itself knows no store.
package struct StoreFactory: Sendable {
    /// Opens the store of an existing vault; `.absent` when there is none.
    package var open: @Sendable (_ path: String) throws(StoreError) -> any RecordStore
    /// Makes a new store; `.exists` when there is one.
    package var create: @Sendable (_ path: String) throws(StoreError) -> any RecordStore

    package init(
        open: @escaping @Sendable (_ path: String) throws(StoreError) -> any RecordStore,
        create: @escaping @Sendable (_ path: String) throws(StoreError) -> any RecordStore
    ) {
        self.open = open
        self.create = create
    }
}
