private import CSQLiteGuards
private import GRDBSQLite

/// How many steps of SQLite's machine one use of the store may take. A crafted tree of pages can lead in circles or visit
/// a page a million times; this ends it, whatever the statement.
final class Allowance: @unchecked Sendable {  // one use at a time, on the queue of its one connection
    private let budget = UnsafeMutablePointer<kist_sqlite_budget>.allocate(capacity: 1)

    init() { budget.initialize(to: kist_sqlite_budget(left: 0)) }

    deinit { budget.deallocate() }

    /// A new allowance for a file of `size` bytes: far more than every row of it can need, even if all were read twice, and
    /// enough for the largest batch into an empty one.
    func renew(for size: Int64) { budget.pointee.left = 30_000_000 + max(0, size) }

    /// Puts a connection under this allowance, which must outlive it.
    func watch(_ connection: OpaquePointer) { kist_sqlite_watch(UnsafeMutableRawPointer(connection), budget) }
}
