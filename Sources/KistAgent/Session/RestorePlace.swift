private import Glibc
internal import KistModel
internal import KistPosix

/// Where a restored vault is built, and how it gets the vault's name: `Backup.md` has the steps and why.
///
/// Whoever calls holds the vault's lock.
struct RestorePlace {
    let vault: String

    /// The new vault, until it is whole.
    var building: String { vault + ".restoring" }
    /// The old vault, until the new one has its name.
    private var parked: String { vault + ".replaced" }
    /// Files that SQLite would take for parts of the vault.
    private static let beside = ["-journal", "-wal"]

    /// Whether there is anything but an empty file where the vault belongs.
    var isTaken: Bool { (try? FileStatus(of: vault)).map { $0.kind != .file || $0.size > 0 } ?? false }

    /// Whether the vault is on its way to another name, and no new one has its own yet.
    var isBetween: Bool { !isTaken && (try? FileStatus(of: parked)) != nil }

    /// Brings to its end, or takes back, what a restore that was killed has left.
    func clean() {
        for suffix in [""] + Self.beside { try? Folder.removeFile(building + suffix) }
        guard (try? FileStatus(of: parked)) != nil, let folder = Folder.parent(of: vault) else { return }
        if isBetween {
            try? Folder.rename(parked, to: vault)
        } else {
            try? Folder.rename(parked, to: freeName(at: Timestamp(seconds: WallClock.seconds)))
        }
        try? Folder.sync(folder)
    }

    /// Puts the new vault in the old one's place, which is kept beside it.
    ///
    /// - Precondition: neither is open, and a journal of the old one was played back if that can be done at all.
    /// - Returns: the name of the old vault from now on; `nil` when there was none.
    func take(at now: Timestamp) throws(PosixError) -> String? {
        guard let folder = Folder.parent(of: vault) else { throw PosixError("rename", EINVAL) }
        let isTaken = isTaken
        if isTaken, try FileStatus(of: vault).kind != .file { throw PosixError("rename", EINVAL) }
        let name = try freeName(at: now)
        for suffix in Self.beside where (try? FileStatus(of: vault + suffix)) != nil {
            try Folder.rename(vault + suffix, to: name + suffix)
        }
        if isTaken { try Folder.rename(vault, to: parked) }
        do { try Folder.rename(building, to: vault) } catch {
            if isTaken { try? Folder.rename(parked, to: vault) }
            throw error
        }
        // From here on it is done: a name that cannot be given now is given by whoever takes the lock next.
        try Folder.sync(folder)
        guard isTaken else { return nil }
        try Folder.rename(parked, to: name)
        try Folder.sync(folder)
        return String(name.dropFirst(folder == "/" ? 1 : folder.count + 1))
    }

    private var aside: String { vault + ".before-restore-" }

    /// A name beside the vault that nobody has, "….before-restore-20261121T004000Z".
    private func freeName(at now: Timestamp) throws(PosixError) -> String {
        let name = aside + now.description.filter { $0 != "-" && $0 != ":" }
        for number in 1...1_000 {
            let name = number == 1 ? name : "\(name)-\(number)"
            if (try? FileStatus(of: name)) == nil { return name }
        }
        throw PosixError("rename", EEXIST)
    }
}
