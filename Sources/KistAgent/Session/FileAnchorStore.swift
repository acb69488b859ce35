private import Glibc
internal import KistPosix
internal import KistProtocol
internal import KistVault

/// Remembers what this machine saw of a vault: one small file per vault path in the state folder.
final class FileAnchorStore: AnchorStore {
    private let folder: String
    private let path: String
    private let vault: String
    /// What will have been seen as soon as an announced file lies at the vault's path: `u64 inode ‖ i64 time of its last
    /// change ‖ anchor`.
    private var announced: String { path + ".next" }

    /// - Parameter part: of the vault, when it is not the vault itself.
    init(state: String, vault: String, of part: String? = nil) {
        self.vault = vault
        folder = state + "/seen"
        path = folder + "/" + AgentPlace.tag(ofVault: vault) + (part.map { "." + $0 } ?? "")
    }

    func load() throws(AnchorStoreError) -> [UInt8]? {
        if let next = try? File.read(announced, most: 16 + 8_192), next.count > 16, next.prefix(16) == Self.mark(vault)
        {
            return Array(next.dropFirst(16))
        }
        do { return try File.read(path, most: 8_192) } catch {
            if error.code == ENOENT { return nil }
            throw AnchorStoreError(code: error.code)
        }
    }

    func save(_ anchor: [UInt8]) throws(AnchorStoreError) {
        do {
            try Folder.make(folder)
            try File.replace(path, with: anchor)
            try? Folder.removeFile(announced)
        } catch { throw AnchorStoreError(code: error.code) }
    }

    /// Remembers what will have been seen once `file`, which does not change any more, has the vault's name: whichever of
    /// two files a kill leaves there is then one that this machine knows.
    func announce(_ anchor: [UInt8], of file: String) throws(PosixError) {
        guard let mark = Self.mark(file) else { throw PosixError("stat", ENOENT) }
        try Folder.make(folder)
        try File.replace(announced, with: mark + anchor)
    }

    private static func mark(_ file: String) -> ArraySlice<UInt8>? {
        guard let status = try? FileStatus(of: file) else { return nil }
        return withUnsafeBytes(of: (status.inode.bigEndian, status.modified.bigEndian)) { Array($0)[...] }
    }
}

/// Remembers nothing, for an agent without a state folder: every vault is new to it.
final class NoAnchorStore: AnchorStore {
    func load() throws(AnchorStoreError) -> [UInt8]? { nil }
    func save(_ anchor: [UInt8]) throws(AnchorStoreError) { throw AnchorStoreError(code: ENOENT) }
}
