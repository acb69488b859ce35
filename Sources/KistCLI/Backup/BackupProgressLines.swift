private import Glibc
import KistPosix
import KistProtocol

/// How far a backup has come, every two seconds, for somebody who watches. No line is drawn twice.
struct BackupProgressLines {
    private let printer: Printer
    private let what: String
    private let isWatched: Bool
    private var next = BootClock.nanoseconds + 1_000_000_000

    init(_ printer: Printer, _ what: String) {
        self.printer = printer
        self.what = what
        isWatched = isatty(2) == 1
    }

    mutating func show(_ progress: BackupProgress) {
        let now = BootClock.nanoseconds
        guard isWatched, now >= next else { return }
        next = now + 2_000_000_000
        let percent = progress.rows == 0 ? 100 : progress.done * 100 / progress.rows
        printer.note(Phrase("\(what): \(percent) %"))
    }
}
