import Glibc
import KistCrypto
import KistModel
import KistStore
import KistVault
import SecretMemory
import StoreSQLite
import Testing

/// Remembers anchors in memory, or fails on purpose.
final class MemoryAnchors: AnchorStore {
    var bytes: [UInt8]?
    var failsToLoad = false
    var failsToSave = false

    func load() throws(AnchorStoreError) -> [UInt8]? {
        if failsToLoad { throw AnchorStoreError(code: EIO) }
        return bytes
    }

    func save(_ anchor: [UInt8]) throws(AnchorStoreError) {
        if failsToSave { throw AnchorStoreError(code: ENOSPC) }
        bytes = anchor
    }
}

/// A vault in a folder of its own that goes when the test ends.
final class TestVault {
    let folder: String
    let path: String
    let anchors = MemoryAnchors()
    let recoveryCode: String
    var vault: Vault

    static let now = Timestamp(seconds: 1_790_000_000)

    init(_ passphrase: String = "correct horse") throws {
        var template = Array("/tmp/kv.XXXXXX".utf8CString)
        folder = String(cString: try #require(mkdtemp(&template)))
        path = "\(folder)/vault.kist"
        let key = try Self.key(passphrase, SlotChallenge.make(cost: .floor))
        let created = try Vault.create(
            in: try SQLiteStore.create(path), anchors: anchors, slotKey: key, now: Self.now)
        vault = created.vault
        recoveryCode = created.recoveryCode.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    deinit {
        vault.lock()
        for name in (try? Self.names(folder)) ?? [] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    /// Opens the file again, as a new process would.
    func reopen() throws {
        vault.lock()
        vault = try Vault.open(try SQLiteStore.open(path), anchors: anchors)
    }

    func unlock(_ passphrase: String = "correct horse", accepting: Acceptance = []) throws -> AnchorStatus {
        try vault.unlock(
            with: try Self.key(passphrase, try #require(vault.challenges.first)), accepting: accepting, now: Self.now)
    }

    static func key(_ passphrase: String, _ challenge: SlotChallenge) throws -> SlotKey {
        try KeyDerivation.derive(SecretBytes(copyingExposed: Array(passphrase.utf8)), for: challenge)
    }

    static func names(_ folder: String) throws -> [String] {
        let stream = try #require(opendir(folder))
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

extension Vault {
    /// Writes one credential with secrets given as text.
    @discardableResult
    func put(
        _ name: String, _ fields: [(String, String)] = [("api-key", "s3cret")], profile: String = "default",
        ifRevision: UInt64? = nil, plain: [(String, String)] = [], note: String? = nil, requestID: String? = nil
    ) throws -> UInt64 {
        let item = PutItem(
            profile: try ProfileName(profile), name: try CredentialName(name), platform: "kumo",
            plain: try plain.map { PlainField(name: try FieldName($0.0), value: $0.1) },
            secrets: try fields.map { try FieldName($0.0) }, note: note, ifRevision: ifRevision)
        return try put(
            [item], secrets: segments(fields.map(\.1)),
            note: WriteNote(who: "test", why: "add", when: TestVault.now), requestID: requestID)
    }

    /// The secrets of one credential as text.
    func secrets(_ name: String, _ fields: [String]? = nil, profile: String = "default") throws -> [String] {
        let want = Want(
            profile: try ProfileName(profile), name: try CredentialName(name),
            fields: try fields?.map { try FieldName($0) })
        let revealed = try reveal([want])
        return revealed.items[0].fields.map { field in
            revealed.segments.withSegment(field.segment) { String(decoding: $0, as: UTF8.self) }
        }
    }
}

/// Texts as segments.
func segments(_ texts: [String]) -> SecretSegments {
    SecretSegments(
        bytes: SecretBytes(copyingExposed: texts.flatMap { Array($0.utf8) }), lengths: texts.map(\.utf8.count))
}

func names(_ overviews: [Overview]) -> [String] { overviews.map(\.name.description) }

func name(_ text: String) throws -> CredentialName { try CredentialName(text) }
