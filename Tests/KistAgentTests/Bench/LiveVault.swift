import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory

/// A vault in a folder of its own, served by the real `kist-agent`.
final class LiveVault: Sendable {
    static let program = BuiltProgram.path("kist-agent")
    static let cost = InitialiseRequest(passes: 2, memory: 19_456)

    let folder = TemporaryFolder()
    let places: Places

    init() {
        places = Places(
            vault: folder.path + "/data/v.kist", runtime: folder.path + "/run", state: folder.path + "/state",
            config: folder.path, home: folder.path)
    }

    deinit { try? open(.noStart).retire() }

    var socket: String { AgentPlace.socket(inRuntime: places.runtime!, vault: places.vault) }
    var lockFile: String { AgentPlace.vaultLock(places.vault) }

    static func passphrase() -> SecretBytes { SecretBytes(copyingExposed: "correct horse".utf8) }

    func open(_ mode: AgentConnection.Mode = .shared) throws(ClientError) -> AgentConnection {
        try AgentConnection.open(places: places, mode: mode, agent: Self.program)
    }

    /// A connection to a new, unlocked vault.
    func initialised(_ mode: AgentConnection.Mode = .shared) throws(ClientError) -> AgentConnection {
        let connection = try open(mode)
        _ = try connection.initialise(Self.cost, passphrase: Self.passphrase())
        return connection
    }

    /// A connection to the vault, unlocked again.
    func unlocked(_ mode: AgentConnection.Mode = .shared) throws(ClientError) -> AgentConnection {
        let connection = try open(mode)
        _ = try connection.unlock(secret: Self.passphrase())
        return connection
    }

    /// The agents of this vault that run now.
    func agents() -> [Int32] {
        ((try? Folder.names(in: "/proc")) ?? []).compactMap { Int32($0) }.filter { pid in
            guard let line = try? File.read("/proc/\(pid)/cmdline", most: 65_536) else { return false }
            return contains(line, Array("kist-agent".utf8)) && contains(line, Array(places.vault.utf8))
        }
    }
}

extension AgentConnection {
    func store(_ name: String, _ value: String, ifRevision: UInt64? = nil) throws {
        let item = PutItem(
            profile: .default, name: try CredentialName(name), platform: "fields", secrets: [try FieldName("key")],
            ifRevision: ifRevision)
        _ = try put([item], secrets: SecretSegments(SecretBytes(copyingExposed: value.utf8)), why: "add")
    }

    func value(_ name: String) throws -> String? {
        let want = Want(profile: .default, name: try CredentialName(name))
        let reply = try reveal(RevealRequest(wants: [want], purpose: .get))
        let value = reply.value(0, try FieldName("key"))
        return value?.withBytes { String(decoding: $0, as: UTF8.self) }
    }
}
