private import Glibc
internal import KistPosix
internal import KistProtocol
package import KistVault

/// The audit log in files beside the vault: `<vault>.audit` is written to, `<vault>.audit.<n>` are older. This user's
/// alone (0600), never a link, and never SQLite's.
///
/// Two descriptors of the active one: entries are only ever appended, the state at its beginning is replaced in place.
package final class SpoolFiles: AuditStore {
    private let folder: String
    private let name: String
    private var path: String { folder + "/" + name }
    private var fresh: String { path + ".new" }

    private var appending: Descriptor?
    private var placing: Descriptor?
    private var status: FileStatus?

    /// - Parameter vault: its real path.
    package init(vault: String) {
        let slash = vault.utf8.lastIndex(of: UInt8(ascii: "/")) ?? vault.startIndex
        folder = Folder.parent(of: vault) ?? "."
        name = String(vault[vault.index(after: slash)...]) + ".audit"
    }

    package func older() throws(AuditStoreError) -> [UInt64] {
        let names: [String]
        do { names = try Folder.names(in: folder) } catch { throw AuditStoreError(error) }
        return names.compactMap(number).sorted()
    }

    /// Of an older segment; `nil` for other files. By bytes: to a file system, letters that look the same are not.
    private func number(_ file: String) -> UInt64? {
        let prefix = name.utf8.count + 1
        guard let number = UInt64(String(decoding: file.utf8.dropFirst(prefix), as: UTF8.self)),
            file.utf8.elementsEqual("\(name).\(number)".utf8), number > 0, number < 1 << 48
        else { return nil }
        return number
    }

    package func size(of segment: UInt64?) throws(AuditStoreError) -> Int? {
        if segment == nil {
            try recover()
            guard try open() else { return nil }
        }
        do {
            let status = try FileStatus(of: segment.map(older) ?? path)
            return status.kind == .file ? Int(status.size) : nil
        } catch {
            if error.code == ENOENT { return nil }
            throw AuditStoreError(error)
        }
    }

    package func read(_ segment: UInt64?, at offset: Int, count: Int) throws(AuditStoreError) -> [UInt8] {
        try posix { () throws(PosixError) in
            guard let segment else { return try placing?.read(at: offset, count: count) ?? [] }
            return try file(segment, O_RDONLY).read(at: offset, count: count)
        }
    }

    package func begin(with bytes: [UInt8], retiring number: UInt64?) throws(AuditStoreError) {
        try posix { () throws(PosixError) in
            try Folder.removeFile(fresh)
            do throws(PosixError) {
                let file = try File.open(fresh, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
                try file.write(bytes)
                try file.sync()
            } catch {
                try? Folder.removeFile(fresh)
                throw error
            }
            // After an error behind the rename below, what is at the path is an empty one of ours, and this has its name.
            if let number, !isOurs(older(number)) {
                do throws(PosixError) { try Folder.rename(path, to: older(number)) } catch {
                    guard error.code == ENOENT else { throw error }
                }
            }
            try Folder.rename(fresh, to: path)
            try Folder.sync(folder)
        }
        // The old ones stay until the new ones are there: an entry always has a place.
        guard try open(anew: true) else { throw AuditStoreError(code: ENOENT) }
    }

    package func append(_ bytes: [UInt8]) throws(AuditStoreError) {
        try posix { () throws(PosixError) in
            guard let put = try appending?.writeOnce(bytes) else { throw Self.closed }
            guard put < bytes.count else { return }
            // A piece of an entry must not stay behind: what comes next begins where this one did.
            let size = try FileStatus(of: placing?.raw ?? -1).size
            try placing?.truncate(to: Int(size) - put)
            throw PosixError("write", ENOSPC)
        }
    }

    package func overwrite(_ segment: UInt64?, at offset: Int, with bytes: [UInt8]) throws(AuditStoreError) {
        try posix { () throws(PosixError) in
            guard let segment else {
                guard try placing?.write(bytes, at: offset) != nil else { throw Self.closed }
                return
            }
            let file = try file(segment, O_RDWR)
            try file.write(bytes, at: offset)
            try file.syncData()
        }
    }

    package func cut(to size: Int) throws(AuditStoreError) {
        try posix { () throws(PosixError) in try placing?.truncate(to: size) }
    }

    package func reserve(_ count: Int) throws(AuditStoreError) {
        try posix { () throws(PosixError) in
            let size = try FileStatus(of: placing?.raw ?? -1).size
            guard try placing?.reserve(from: Int(size), count: count) != nil else { throw Self.closed }
        }
    }

    package func sync() throws(AuditStoreError) {
        try posix { () throws(PosixError) in
            guard try placing?.syncData() != nil else { throw Self.closed }
        }
    }

    package func remove(_ segment: UInt64) throws(AuditStoreError) {
        try posix { () throws(PosixError) in try Folder.removeFile(older(segment)) }
    }

    package func isIntact(size: Int) -> Bool {
        guard let status, let now = try? FileStatus(of: path) else { return false }
        return now.isSameFile(as: status) && now.kind == .file && now.size == size
    }

    package func close() {
        appending = nil
        placing = nil
        status = nil
    }

    // MARK: -

    private static let closed = PosixError("audit", EBADF)

    private func older(_ number: UInt64) -> String { "\(path).\(number)" }

    /// An older segment. Anything else that has its name is not waited for.
    private func file(_ segment: UInt64, _ flags: Int32) throws(PosixError) -> Descriptor {
        let file = try File.open(older(segment), flags: flags | O_NOFOLLOW | O_NONBLOCK)
        guard try FileStatus(of: file.raw).kind == .file else { throw PosixError("open", EINVAL) }
        return file
    }

    /// Whether the file that is written to has this name.
    private func isOurs(_ path: String) -> Bool {
        guard let status, let found = try? FileStatus(of: path) else { return false }
        return found.isSameFile(as: status)
    }

    /// A kill between the two renames of `begin` has left no active file: the new one takes its place now.
    private func recover() throws(AuditStoreError) {
        guard placing == nil else { return }
        try posix { () throws(PosixError) in
            guard (try? FileStatus(of: fresh)) != nil else { return }
            guard (try? FileStatus(of: path)) == nil, try !olderIsEmpty() else { return try Folder.removeFile(fresh) }
            try Folder.rename(fresh, to: path)
            try Folder.sync(folder)
        }
    }

    private func olderIsEmpty() throws(PosixError) -> Bool {
        try !Folder.names(in: folder).contains { number($0) != nil }
    }

    /// - Returns: `false` when there is none.
    private func open(anew: Bool = false) throws(AuditStoreError) -> Bool {
        if placing != nil, !anew { return true }
        return try posix { () throws(PosixError) in
            do throws(PosixError) {
                let file = try File.open(path, flags: O_RDWR | O_NOFOLLOW | O_NONBLOCK)
                let found = try FileStatus(of: file.raw)
                // Something else that was put there gives way to a new segment.
                guard found.kind == .file, found.links == 1, found.owner == Process.user else { return false }
                if found.mode & 0o077 != 0 { try Folder.setMode(path, 0o600) }
                let end = try File.open(path, flags: O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK)
                guard try FileStatus(of: end.raw).isSameFile(as: found) else { return false }
                placing = consume file
                appending = consume end
                status = found
                return true
            } catch {
                if error.code == ENOENT || error.code == ELOOP { return false }
                throw error
            }
        }
    }

    private func posix<R>(_ body: () throws(PosixError) -> R) throws(AuditStoreError) -> R {
        do { return try body() } catch { throw AuditStoreError(error) }
    }
}

extension AuditStoreError {
    init(_ error: PosixError) { self.init(code: error.code) }
}
