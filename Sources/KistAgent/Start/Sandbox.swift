private import Glibc
internal import KistPosix

/// What the agent may still do once it serves: open files of its vault, of its state and of its sockets, and nothing else.
///
/// Entered by the first thread while it is the only one, so that every later thread is born inside. Tests that run an
/// agent beside others in one process do not enter.
package final class Sandbox {
    /// How far the kernel keeps it from other files.
    enum Files: Equatable {
        /// Not at all: the errno, or 0 when nobody tried.
        case open(Int32)
        /// To its folders and, because the vault's is still to be made, to where that will stand.
        case wide
        /// To its folders.
        case confined
    }

    /// Read by the libraries: the machine's memory and clock, and random bytes where there is no call for them.
    private static let readable = [
        "/proc", "/sys/fs/cgroup", "/sys/devices/system/cpu", "/dev/urandom", "/dev/random", "/etc/localtime",
        "/usr/share/zoneinfo",
    ]

    private let vaultFolder: String
    private let state: String?
    private let runtime: String
    /// The folders as they were then: rules follow a folder, not its name.
    private var entered: [(path: String, status: FileStatus)] = []
    private(set) var files = Files.open(0)
    /// The errno of the system call filter; `nil` when it holds.
    private(set) var calls: Int32? = 0
    /// Threads at the moment of entering.
    private(set) var threads = 0

    init(_ options: AgentOptions) {
        vaultFolder = Folder.parent(of: options.vault) ?? "/"
        state = options.state
        runtime = PrivateFolders.base(options.runtime)
    }

    /// Gives up everything else, for good.
    func enter() {
        threads = Confinement.threads
        // Made now, because later there would be no way to.
        try? RuntimeFolder.prepare(runtime)
        confine()
        calls = Sealing.apply()
    }

    /// Gives up what was left open for a vault folder that is there now.
    func narrow() {
        if files == .wide { confine() }
    }

    /// Whether one of its folders has been replaced or removed: what stands there now is closed to this agent, and a new
    /// one has to take its place.
    var isStale: Bool {
        entered.contains { folder in
            guard let now = try? FileStatus(of: folder.path, followingLinks: true) else { return true }
            return !now.isSameFile(as: folder.status)
        }
    }

    private func confine() {
        let isMade = (try? FileStatus(of: vaultFolder, followingLinks: true)) != nil
        if isMade, let state { try? Folder.make(state) }
        let own = [vaultFolder, state, runtime].compactMap { $0 }
        let failed = Confinement.apply(
            writable: own.map { Self.nearest($0, within: isMade ? 0 : .max) } + ["/dev/null"], readable: Self.readable)
        if let failed {
            files = .open(failed)
            return
        }
        entered = own.compactMap { path in
            (try? FileStatus(of: path, followingLinks: true)).map { (path: path, status: $0) }
        }
        // What the kernel says is tried: nothing of ours is at the root.
        files = Self.opensRoot ? .open(0) : isMade ? .confined : .wide
    }

    /// The folder itself or, when it is missing, the nearest one above it that is there.
    private static func nearest(_ path: String, within steps: Int) -> String {
        var (path, left) = (path, steps)
        while left > 0, (try? FileStatus(of: path, followingLinks: true)) == nil,
            let above = Folder.parent(of: path), above != path
        {
            path = above
            left -= 1
        }
        return path
    }

    private static var opensRoot: Bool { (try? File.open("/", flags: O_RDONLY | O_DIRECTORY)) != nil }
}
