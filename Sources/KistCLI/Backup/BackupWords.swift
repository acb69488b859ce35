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

    static func json(_ summary: BackupSummary, file: String, bytes: Int64) -> JSONValue {
        guard case .object(let members) = summary.json else { return summary.json }
        return .object([JSONMember("file", .string(file)), JSONMember("bytes", .integer(bytes))] + members)
    }
}
