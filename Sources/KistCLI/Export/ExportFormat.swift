import KistModel
import SecretMemory

/// How `kist export` writes credentials, each form so that it can be read back byte for byte, or not at all.
enum ExportFormat: String, CaseIterable {
    /// Everything: `kist import` makes the same credentials of it again.
    case json
    /// A line per credential, a column per field, as other programs import it.
    case csv
}

/// One credential on its way out.
struct ExportedCredential {
    let overview: Overview
    /// The secret fields and which segment holds each.
    let secrets: [(name: FieldName, segment: Int)]
}

/// Writes the text of an export into locked memory.
struct ExportWriter {
    let format: ExportFormat

    /// - Throws: `Failure` naming what cannot be written in this form.
    func text(
        _ credentials: [ExportedCredential], _ segments: borrowing SecretSegments
    ) throws(Failure) -> SecretBytes {
        switch format {
        case .json: json(credentials, segments)
        case .csv: try csv(credentials, segments)
        }
    }

    // MARK: JSON

    private func json(_ credentials: [ExportedCredential], _ segments: borrowing SecretSegments) -> SecretBytes {
        var text = SecretBuffer(capacity: 4_096)
        text.append("{\"kist\":1,\"credentials\":[")
        for (index, credential) in credentials.enumerated() {
            let overview = credential.overview
            text.append(index == 0 ? "\n{" : ",\n{")
            member("profile", overview.profile.description, &text, isFirst: true)
            member("name", overview.name.description, &text)
            member("platform", overview.platform, &text)
            if let variant = overview.variant { member("variant", variant, &text) }
            if case .at(let moment) = overview.expiry { member("expires", moment.description, &text) }
            if let note = overview.note { member("note", note, &text) }
            if overview.policy != .allow { member("policy", overview.policy.rawValue, &text) }
            if !overview.plain.isEmpty {
                text.append(",\"plain\":{")
                for (index, field) in overview.plain.enumerated() {
                    member(field.name.description, field.value, &text, isFirst: index == 0)
                }
                text.append("}")
            }
            let isText = credential.secrets.map { field in
                segments.withSegment(field.segment) { SecretJSON.isUTF8($0) }
            }
            for (key, wanted) in [("secrets", true), ("base64", false)] where isText.contains(wanted) {
                text.append(",\"\(key)\":{")
                var isFirst = true
                for (field, isOne) in zip(credential.secrets, isText) where isOne == wanted {
                    name(field.name.description, &text, isFirst: isFirst)
                    isFirst = false
                    segments.withSegment(field.segment) { bytes in
                        if wanted {
                            _ = SecretJSON.append(bytes, to: &text)
                        } else {
                            text.append("\"")
                            Base64.append(bytes, to: &text)
                            text.append("\"")
                        }
                    }
                }
                text.append("}")
            }
            text.append("}")
        }
        text.append("\n]}\n")
        return text.finish()
    }

    private func member(_ key: String, _ value: String, _ text: inout SecretBuffer, isFirst: Bool = false) {
        name(key, &text, isFirst: isFirst)
        var value = value
        value.withUTF8 { _ = SecretJSON.append(UnsafeRawBufferPointer($0), to: &text) }
    }

    private func name(_ key: String, _ text: inout SecretBuffer, isFirst: Bool) {
        if !isFirst { text.append(",") }
        var key = key
        key.withUTF8 { _ = SecretJSON.append(UnsafeRawBufferPointer($0), to: &text) }
        text.append(":")
    }

    // MARK: CSV

    private func csv(
        _ credentials: [ExportedCredential], _ segments: borrowing SecretSegments
    ) throws(Failure) -> SecretBytes {
        var columns: [String] = []
        for credential in credentials {
            let names = credential.overview.plain.map(\.name.description) + credential.secrets.map(\.name.description)
            for name in names where !columns.contains(name) { columns.append(name) }
        }
        guard !columns.contains("name"), columns.count < CSVTable.mostColumns - 4 else {
            throw Failure.usage(
                "these credentials do not fit one table", advice: ["everything fits:  --format json", "or name fewer"])
        }
        var text = SecretBuffer(capacity: 4_096)
        text.append((["name", "profile", "platform", "expires"] + columns).joined(separator: ",") + "\n")
        for credential in credentials {
            let overview = credential.overview
            let expires = if case .at(let moment) = overview.expiry { moment.description } else { "" }
            text.append("\(overview.name),\(overview.profile),\(overview.platform),\(expires)")
            for column in columns {
                text.append(",")
                if let field = credential.secrets.first(where: { $0.name.description == column }) {
                    let fits = segments.withSegment(field.segment) { append($0, &text) }
                    guard fits else {
                        throw Failure(
                            "\(overview.name).\(column) is not text that a table can hold",
                            advice: ["everything fits:  --format json"])
                    }
                } else if var value = overview.plain.first(where: { $0.name.description == column })?.value {
                    _ = value.withUTF8 { append(UnsafeRawBufferPointer($0), &text) }
                }
            }
            text.append("\n")
        }
        return text.finish()
    }

    /// In quotes, those within doubled (RFC 4180).
    ///
    /// - Returns: `false` for bytes that no reader of tables gives back as they are.
    private func append(_ bytes: UnsafeRawBufferPointer, _ text: inout SecretBuffer) -> Bool {
        guard !bytes.contains(0), !bytes.contains(13), SecretJSON.isUTF8(bytes) else { return false }
        text.append("\"")
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { text.append(byte) }
            text.append(byte)
        }
        text.append("\"")
        return true
    }
}
