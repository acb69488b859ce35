private import KistPosix

/// Programs of this package, as the build that runs the tests has made them.
package enum BuiltProgram {
    /// - Returns: the path of `name` beside the test bundle.
    package static func path(_ name: String) -> String {
        let beside = (try? Process.executable()).flatMap { Folder.parent(of: $0) }
        let given = CommandLine.arguments.first.flatMap { try? Folder.realPath(of: $0) }.flatMap {
            Folder.parent(of: $0)
        }
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        for folder in [beside, given, "/\(root)/.build/debug"].compactMap({ $0 }) {
            let path = folder + "/" + name
            if let status = try? FileStatus(of: path), status.kind == .file { return path }
        }
        fatalError("\(name) has not been built")
    }
}
