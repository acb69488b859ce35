private import Glibc
internal import KistPosix
internal import KistProtocol
internal import SecretMemory

/// Folders with rendered files that vanish with a process.
///
/// They stand in the agent's own runtime folder, never where a client says, and are named for vault and process, so that
/// the next agent can clear up after one that was killed.
final class PrivateFolders {
    private let base: String
    private let tag: String
    private var byToken: [UInt64: Watched] = [:]
    private var nextToken = Agent.Token.firstProcess

    private final class Watched {
        let path: String
        let process: Descriptor

        init(path: String, process: consuming Descriptor) {
            self.path = path
            self.process = process
        }
    }

    /// Where they stand: without a runtime folder in the machine's shared memory.
    static func base(_ runtime: String?) -> String { runtime ?? "/dev/shm/kist-\(Process.user)" }

    init(runtime: String?, vault: String) {
        base = Self.base(runtime)
        tag = "run-" + AgentPlace.tag(ofVault: vault)
    }

    var count: Int { byToken.count }
    var isEmpty: Bool { byToken.isEmpty }

    /// Makes a folder with these files; `contents` has one segment per file.
    ///
    /// - Returns: its path.
    func make(
        _ request: FolderRequest, _ contents: borrowing SecretSegments, _ poller: borrowing Poller
    ) throws -> String {
        try RuntimeFolder.prepare(base)
        guard let owner = try? FileStatus(of: "/proc/\(request.pid)"), owner.owner == Process.user else {
            throw StartError(reason: "the process belongs to another user or has ended")
        }
        let process = try Process.watch(request.pid)
        var random = SystemRandomNumberGenerator()
        guard let ticks = Process.startTime(of: request.pid) else {
            throw StartError(reason: "the process has ended")
        }
        let path = "\(base)/\(tag)-\(request.pid)-\(ticks)-\(String(random.next() as UInt64, radix: 16))"
        try Folder.make(path)
        do {
            for (index, file) in request.files.enumerated() {
                if let folder = Folder.parent(of: file.path) { try Folder.make(path + "/" + folder) }
                let target = try File.open(
                    path + "/" + file.path, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: file.mode)
                try contents.withSegment(index) { (bytes) throws(PosixError) in try target.write(bytes) }
            }
            try watch(path, process, poller)
        } catch {
            Folder.removeTree(path)
            throw error
        }
        return path
    }

    func processEnded(_ token: UInt64, _ poller: borrowing Poller) {
        guard let watched = byToken.removeValue(forKey: token) else { return }
        poller.remove(watched.process.raw)
        Folder.removeTree(watched.path)
    }

    func removeAll() {
        for watched in byToken.values { Folder.removeTree(watched.path) }
        byToken = [:]
    }

    /// Takes over what an agent that was killed has left: removes it, or watches a process that still lives.
    func adopt(_ poller: borrowing Poller) {
        for name in (try? Folder.names(in: base)) ?? [] where name.hasPrefix(tag + "-") {
            let path = base + "/" + name
            let parts = name.dropFirst(tag.count + 1).split(separator: "-")
            // Watched first, then compared: a number that was given to a later process is noticed either way.
            guard parts.count == 3, let number = Int32(parts[0]), let process = try? Process.watch(number),
                let ticks = UInt64(parts[1]), Process.startTime(of: number) == ticks
            else {
                Folder.removeTree(path)
                continue
            }
            do { try watch(path, process, poller) } catch { Folder.removeTree(path) }
        }
    }

    private func watch(
        _ path: String, _ process: consuming Descriptor, _ poller: borrowing Poller
    ) throws(PosixError) {
        try poller.add(process.raw, .readable, token: nextToken)
        byToken[nextToken] = Watched(path: path, process: process)
        nextToken += 1
    }
}
