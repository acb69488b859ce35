package import KistModel

/// What a backup holds, known when all of it was opened.
package struct BackupFacts: Equatable, Sendable {
    package var fingerprint: Fingerprint
    package var made: Timestamp
    /// Of the vault, when the backup was begun.
    package var generation: UInt64
    package var credentials: Int
    /// Rows: every kept revision of every credential, and the markers of profiles.
    package var rows: Int
}
