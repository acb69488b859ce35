private import Glibc

/// The journal of systemd, to which a service's standard error is connected.
enum Journal {
    /// Whether `descriptor` is what `JOURNAL_STREAM` names (device and inode, in decimal).
    static func reads(_ descriptor: Int32, _ environment: Variables) -> Bool {
        guard let named = environment.nonEmpty("JOURNAL_STREAM") else { return false }
        var status = stat()
        return fstat(descriptor, &status) == 0 && named == "\(status.st_dev):\(status.st_ino)"
    }
}
