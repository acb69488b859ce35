internal import KistPosix
internal import KistProtocol
internal import SecretMemory

/// A private folder for a program that runs with a bundle: there is no agent to keep it, so `kist` stays and removes it.
///
/// It is named for this process, so that the next one clears up after one that was killed: the number of a process means
/// something only where it was given, so containers that share the folder leave each other's alone.
enum OwnFolder {
    private static let prefix = "bundle-"

    /// - Parameter runtime: without one, the folder stands in the machine's shared memory.
    /// - Returns: its path.
    static func make(
        _ request: FolderRequest, _ contents: borrowing SecretSegments, runtime: String?
    ) throws(Failure) -> String {
        let base = runtime ?? "/dev/shm/kist-\(Process.user)"
        do {
            try Folder.make(base)
            let status = try FileStatus(of: base)
            guard status.kind == .folder, status.owner == Process.user, status.mode & 0o077 == 0 else {
                throw Failure("\(base) is not a private folder, so nothing was put there")
            }
            removeLeft(in: base, namespace: Process.namespace)
            let ticks = Process.startTime(of: Process.id) ?? 0
            var random = SystemRandomNumberGenerator()
            let own = "\(prefix)\(Process.namespace)-\(Process.id)-\(ticks)"
            let path = "\(base)/\(own)-\(String(random.next() as UInt64, radix: 16))"
            try Folder.make(path)
            do {
                for (index, file) in request.files.enumerated() {
                    if let folder = Folder.parent(of: file.path) { try Folder.make(path + "/" + folder) }
                    try contents.withSegment(index) { (bytes) throws(PosixError) in
                        try File.create(path + "/" + file.path, mode: file.mode).write(bytes)
                    }
                }
            } catch {
                Folder.removeTree(path)
                throw error
            }
            return path
        } catch let failure as Failure { throw failure } catch {
            throw Failure("the private folder could not be made: \(error)")
        }
    }

    /// Folders of processes that are gone, of those that this one can see.
    static func removeLeft(in base: String, namespace: UInt64) {
        for name in (try? Folder.names(in: base)) ?? [] where name.hasPrefix(prefix) {
            let parts = name.dropFirst(prefix.count).split(separator: "-")
            if parts.count == 4, UInt64(parts[0]) != namespace { continue }
            if parts.count == 4, let pid = Int32(parts[1]), let ticks = UInt64(parts[2]),
                Process.startTime(of: pid) == ticks
            {
                continue
            }
            Folder.removeTree(base + "/" + name)
        }
    }
}
