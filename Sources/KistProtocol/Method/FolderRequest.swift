/// Parameters of `folder`: files in a private folder that vanishes with process `pid`. One segment per file.
package struct FolderRequest: Hashable, Sendable {
    package struct File: Hashable, Sendable {
        /// Relative to the folder, at most one level deep: `name` or `folder/name`, of letters, digits, `.`, `_`, `-`.
        package var path: String
        /// 0600 or 0400.
        package var mode: UInt32

        package init(path: String, mode: UInt32 = 0o600) {
            self.path = path
            self.mode = mode
        }
    }

    package var pid: Int32
    package var files: [File]

    package init(pid: Int32, files: [File]) {
        self.pid = pid
        self.files = files
    }

    package var json: JSONValue {
        [
            "pid": .integer(Int64(pid)),
            "files": .array(files.map { ["path": .string($0.path), "mode": .integer(Int64($0.mode))] }),
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        // 1 never ends and 2 is the kernel's.
        pid = Int32(try fields.integer("pid", in: 3...Int64(Int32.max)))
        files = []
        for value in try fields.array("files") {
            let file = try JSONFields(value, "files")
            let path = try file.string("path")
            guard Self.isAllowed(path) else { throw ShapeError("path") }
            let mode = try file.integerIfPresent("mode") ?? 0o600
            guard mode == 0o600 || mode == 0o400 else { throw ShapeError("mode") }
            // Neither twice the same, nor one name for a file and for a folder.
            guard !files.contains(where: { $0.path == path || path.isInside($0.path) || $0.path.isInside(path) }) else {
                throw ShapeError("path")
            }
            files.append(File(path: path, mode: UInt32(mode)))
        }
        guard (1...64).contains(files.count) else { throw ShapeError("files") }
    }

    /// Neither absolute nor able to leave the folder.
    package static func isAllowed(_ path: String) -> Bool {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count) else { return false }
        return parts.allSatisfy { part in
            guard (1...64).contains(part.count), !part.elementsEqual(".".utf8), !part.elementsEqual("..".utf8) else {
                return false
            }
            return part.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x5F, 0x2D: true
                default: false
                }
            }
        }
    }
}

extension String {
    fileprivate func isInside(_ folder: String) -> Bool { hasPrefix(folder + "/") }
}
