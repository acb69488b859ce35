internal import KistStore

/// How far this process has come with a re-encryption. Nothing of it needs to outlive the process: what is done is in the
/// index, and what is not is found again.
final class RekeyWork {
    /// The last row that was looked at.
    var after: RecordPlace?
    /// Rows that are sealed anew and not yet written.
    var rows: [ResealedRow] = []
    var bytes = 0
    /// Rows of this phase that are done.
    var done = 0
    /// Every row has the newest data key; what is left is to check them.
    var isRenewed = false
    var commits = 0

    func add(_ row: ResealedRow) {
        rows.append(row)
        bytes += row.record.overview.count + row.record.secret.count
    }

    /// Takes out the first rows, those of one credential together.
    func take(_ most: Int) -> [ResealedRow] {
        var count = min(most, rows.count)
        while count > 0, count < rows.count, rows[count].old.place.lookup == rows[count - 1].old.place.lookup {
            count += 1
        }
        let taken = Array(rows[..<count])
        rows.removeFirst(count)
        bytes = rows.reduce(0) { $0 + $1.record.overview.count + $1.record.secret.count }
        return taken
    }

    /// - Parameter most: rows of one commit.
    func isFull(_ most: Int) -> Bool { rows.count >= most || bytes >= Self.mostBytes }

    private static let mostBytes = 4 << 20
}

/// How far a re-encryption has come.
package struct RekeyStatus: Equatable, Sendable {
    package enum Phase: String, Sendable {
        case moving, renewing, checking
    }

    package let phase: Phase
    /// Rows of this phase that are done.
    package let done: Int
    /// Rows in all.
    package let rows: Int
}
