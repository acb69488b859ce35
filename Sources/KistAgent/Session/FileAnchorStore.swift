private import Glibc
internal import KistPosix
internal import KistProtocol
internal import KistVault

/// Remembers what this machine saw of a vault: one small file per vault path in the state folder.
final class FileAnchorStore: AnchorStore {
    private let folder: String
    private let path: String

    init(state: String, vault: String) {
        folder = state + "/seen"
        path = folder + "/" + AgentPlace.tag(ofVault: vault)
    }

    func load() throws(AnchorStoreError) -> [UInt8]? {
        do { return try File.read(path, most: 8_192) } catch {
            if error.code == ENOENT { return nil }
            throw AnchorStoreError(code: error.code)
        }
    }

    func save(_ anchor: [UInt8]) throws(AnchorStoreError) {
        do {
            try Folder.make(folder)
            try File.replace(path, with: anchor)
        } catch { throw AnchorStoreError(code: error.code) }
    }
}

/// Remembers nothing, for an agent without a state folder: every vault is new to it.
final class NoAnchorStore: AnchorStore {
    func load() throws(AnchorStoreError) -> [UInt8]? { nil }
    func save(_ anchor: [UInt8]) throws(AnchorStoreError) { throw AnchorStoreError(code: ENOENT) }
}
