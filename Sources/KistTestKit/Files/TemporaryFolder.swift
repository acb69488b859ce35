private import Glibc
private import KistPosix
private import Synchronization

/// A folder of its own for one test, 0700, with a path short enough for sockets; removed with the value.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() {
        var template = Array("/tmp/kist-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no temporary folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        Leftovers.add(path)
    }

    deinit {
        Leftovers.remove(path)
        Folder.removeTree(path)
    }

    /// A folder that stays until the tests end: for what outlives the value that made it, an agent on a thread of this
    /// process or a path that is handed on.
    package static func kept() -> String {
        let folder = TemporaryFolder()
        return Unmanaged.passRetained(folder).takeUnretainedValue().path
    }

    /// Every file below, with its bytes.
    package func files() -> [(path: String, bytes: [UInt8])] { Self.files(below: path) }

    private static func files(below folder: String) -> [(path: String, bytes: [UInt8])] {
        var found: [(path: String, bytes: [UInt8])] = []
        for name in (try? Folder.names(in: folder)) ?? [] {
            let path = folder + "/" + name
            guard let status = try? FileStatus(of: path) else { continue }
            switch status.kind {
            case .folder: found += files(below: path)
            case .file: found.append((path, (try? File.read(path, most: 64 << 20)) ?? []))
            default: break
            }
        }
        return found
    }
}

/// Folders that are there when the tests end: they go then.
private enum Leftovers {
    private static let paths = Mutex<Set<String>>([])
    private static let atEnd: Void = {
        atexit { Leftovers.removeAll() }
    }()

    static func add(_ path: String) {
        _ = atEnd
        paths.withLock { _ = $0.insert(path) }
    }

    static func remove(_ path: String) { paths.withLock { _ = $0.remove(path) } }

    static func removeAll() {
        for path in paths.withLock({ $0 }) { Folder.removeTree(path) }
    }
}

/// Whether `needle` occurs in `haystack`.
package func contains(_ haystack: [UInt8], _ needle: [UInt8]) -> Bool {
    guard let first = needle.first, haystack.count >= needle.count else { return false }
    for start in 0...(haystack.count - needle.count)
    where haystack[start] == first && haystack[start..<start + needle.count].elementsEqual(needle) {
        return true
    }
    return false
}
