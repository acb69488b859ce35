internal import KistPlatforms
internal import Synchronization

/// Platforms that were asked for, parsed once. A name that is none is remembered too, and so is a file that is broken:
/// a library has nobody to tell, and `kist platform show` says what is wrong with it.
final class PlatformShelf: Sendable {
    static let shared = PlatformShelf()

    private let known = Mutex<[String: Platform?]>([:])
    /// Names come from callers: a program that makes them up must not fill the memory.
    private static let most = 1_024

    func platform(_ name: String) -> Platform? {
        known.withLock { known in
            if let found = known[name] { return found }
            let folder = (try? Places.fromEnvironment())?.config
            let found = try? PlatformCatalog(userFolder: folder.map { $0 + "/platforms" }).load(name)
            if known.count < Self.most { known[name] = .some(found) }
            return found
        }
    }
}
