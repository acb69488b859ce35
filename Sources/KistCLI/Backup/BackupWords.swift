import KistProtocol

/// Backups in words.
enum BackupWords {
    /// "12 credentials (35 revisions)"
    static func count(_ summary: BackupSummary) -> String {
        let credentials = Words.count(Int64(clamping: summary.credentials), "credential")
        return "\(credentials) (\(Words.count(Int64(clamping: summary.rows), "record")))"
    }

    /// "412 bytes", "48 KiB", "1.2 MiB"
    static func size(_ bytes: Int64) -> String {
        if bytes < 1_024 { return Words.count(bytes, "byte") }
        if bytes < 1 << 20 { return "\((bytes + 512) / 1_024) KiB" }
        let tenths = (bytes * 10 + (1 << 19)) >> 20
        return "\(tenths / 10).\(tenths % 10) MiB"
    }

    /// "the passphrase and the recovery code": which of the ways in that people have on them open a backup of this vault.
    static func ways(_ slots: [SlotSummary]) -> String {
        let passphrases = slots.filter { $0.kind == .passphrase }
        let hasCode = slots.contains { $0.kind == .recovery }
        guard !passphrases.isEmpty else { return hasCode ? "the recovery code" : "the ways in" }
        guard passphrases.allSatisfy(\.needsFactor) else {
            return hasCode ? "the passphrase and the recovery code" : "the passphrase"
        }
        let both = "the passphrase together with the file of its second factor"
        return hasCode ? "\(both), and the recovery code alone," : both
    }

    static func json(_ summary: BackupSummary, file: String, bytes: Int64) -> JSONValue {
        guard case .object(let members) = summary.json else { return summary.json }
        return .object([JSONMember("file", .string(file)), JSONMember("bytes", .integer(bytes))] + members)
    }
}
