import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

extension AgentConnection {
    /// The whole backup as bytes.
    func backupBytes(_ between: () -> Void = {}) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let summary = try backup { piece, _ in
            bytes.append(contentsOf: piece)
            between()
            return true
        }
        _ = try #require(summary)
        return bytes
    }

    /// Hands a backup over in parts.
    func handOver(
        _ bytes: [UInt8], _ request: BackupOpenRequest, part: Int = 256 << 10
    ) throws -> BackupSummary {
        try handOver(open: bytes, request)
        var rest = bytes.dropFirst(1 << 20)
        while !rest.isEmpty {
            _ = try backupPart(SecretBytes(copyingExposed: rest.prefix(part)))
            rest = rest.dropFirst(part)
        }
        return try backupEnd()
    }

    @discardableResult
    func handOver(
        open bytes: [UInt8], _ request: BackupOpenRequest, passphrase: String = "correct horse"
    ) throws -> BackupProgress {
        let first = SecretSegments(SecretBytes(copyingExposed: bytes.prefix(1 << 20)))
        guard request.proof != nil else { return try backupOpen(request, secrets: first) }
        let secret = SecretSegments(SecretBytes(copyingExposed: passphrase.utf8))
        return try backupOpen(request, secrets: secret.appending(first))
    }

    /// Name and value of every credential.
    func contents() throws -> [String: String] {
        var contents: [String: String] = [:]
        for overview in try list(profile: .default) {
            contents[overview.name.description] = try value(overview.name.description)
        }
        return contents
    }
}

extension BackupOpenRequest {
    static let check = BackupOpenRequest(purpose: .check, proof: SlotProof(with: .passphrase))
    static let restore = BackupOpenRequest(purpose: .restore, proof: SlotProof(with: .passphrase))
    static let replace = BackupOpenRequest(
        purpose: .restore, isReplacing: true, proof: SlotProof(with: .passphrase))
}

extension LiveVault {
    var dataFolder: String { folder.path + "/data" }

    /// Names beside the vault that a restore leaves, or must not leave.
    func names(with part: String) -> [String] {
        ((try? Folder.names(in: dataFolder)) ?? []).filter { contains(Array($0.utf8), Array(part.utf8)) }
    }
}
