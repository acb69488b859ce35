/// A vault that was built from a backup, while its rows are read once more: only then it may take another one's place.
package final class RestoredVault {
    private let vault: Vault
    private let seen: HeldAnchor
    private let rows: Int
    private let reading: Verification

    init(_ vault: Vault, _ seen: HeldAnchor, rows: Int) {
        self.vault = vault
        self.seen = seen
        self.rows = rows
        reading = Verification(vault)
    }

    deinit { vault.lock() }

    /// Goes on reading for a short while.
    ///
    /// - Returns: whether there is more to do.
    /// - Throws: `.damaged`.
    package func advance(isEnough: () -> Bool) throws(VaultError) -> Bool { try reading.advance(isEnough: isEnough) }

    /// What to remember of the vault, after everything was read. It is locked then.
    ///
    /// - Throws: `.damaged` when it does not hold what the backup holds.
    package func finish() throws(VaultError) -> [UInt8] {
        defer { vault.lock() }
        guard reading.isDone, reading.rows == rows, let anchor = seen.bytes else {
            throw .damaged("the restored vault does not hold what the backup holds")
        }
        return anchor
    }
}
