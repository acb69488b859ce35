private import Glibc

/// The files beneath a folder, one after the other, by their exact names; links are not followed.
package struct FileWalk {
    package enum Step {
        /// The path of a file that holds bytes, with its NUL.
        case file([CChar])
        /// A folder or file that could not be looked at, and its errno.
        case failed([CChar], Int32)
    }

    /// What is still to be looked at, the last first.
    private var pending: [[CChar]]
    private var isFirst = true
    private let skips: [CChar]

    /// - Parameters:
    ///   - path: a folder or a file; a link here is followed, because it was named.
    ///   - skips: folders whose path ends so are passed over.
    package init(_ path: String, skippingFoldersEndingIn skips: String) {
        pending = [Array(path.utf8CString)]
        self.skips = Array(skips.utf8CString)
    }

    package mutating func next() -> Step? {
        while let path = pending.popLast() {
            var status = stat()
            let failed = isFirst ? stat(path, &status) : lstat(path, &status)
            defer { isFirst = false }
            guard failed == 0 else { return .failed(path, errno) }
            switch status.st_mode & S_IFMT {
            case S_IFREG: return .file(path)
            case S_IFDIR:
                if path.count >= skips.count, path.suffix(skips.count).elementsEqual(skips) { continue }
                guard let folder = opendir(path) else { return .failed(path, errno) }
                defer { closedir(folder) }
                var names: [[CChar]] = []
                while let entry = readdir(folder) {
                    let name = withUnsafePointer(to: &entry.pointee.d_name) {
                        $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                            Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
                        }
                    }
                    if name != [46, 0], name != [46, 46, 0] { names.append(name) }
                }
                names.sort { $0.lexicographicallyPrecedes($1) }
                let start = path.dropLast() + (path.dropLast().last == 47 ? [] : [47])
                for name in names.reversed() { pending.append(start + name) }
            default: continue
            }
        }
        return nil
    }
}
