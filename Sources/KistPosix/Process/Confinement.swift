private import CKistPosix
private import Glibc

/// Which files this process may still open (Landlock); for good.
package enum Confinement {
    /// The level of Landlock that the kernel has; 0 for none.
    package static var level: Int { Int(kist_landlock_level()) }

    /// Confines this thread and those that it starts; meant for a process that has one.
    ///
    /// - Parameters:
    ///   - writable: folders beneath which files may be read, written, made and removed.
    ///   - readable: folders and files that may be read.
    /// - Returns: `nil` when it holds, else the `errno`.
    package static func apply(writable: [String], readable: [String]) -> Int32? {
        var lists = [writable, readable].map { list -> [UnsafePointer<CChar>?] in
            list.map { UnsafePointer(strdup($0)) } + [nil]
        }
        defer { for text in lists.joined() { free(UnsafeMutablePointer(mutating: text)) } }
        let failed = kist_landlock(&lists[0], &lists[1])
        return failed == 0 ? nil : failed
    }

    /// Threads of this process.
    package static var threads: Int { (try? Folder.names(in: "/proc/self/task").count) ?? 0 }
}
