package import KistModel
package import SecretMemory

/// One answer of the JSON lines (`JSONLines.md`), put together in locked memory.
package struct LineAnswer: ~Copyable {
    private var line = SecretBuffer(capacity: 1_024)
    private var encoded: [String] = []
    private var count = 0

    /// - Parameter id: as JSON; `nil` leaves it out.
    package init(id: String?, _ overview: Overview) {
        Self.start(id, &line)
        append("profile", overview.profile.description)
        append("credential", overview.name.description)
        append("platform", overview.platform)
        if let variant = overview.variant { append("variant", variant) }
        line.append(",\"revision\":\(overview.revision)")
        if case .at(let end) = overview.expiry { append("expires", end.description) }
        line.append(",\"secret\":[")
        for (index, name) in overview.secrets.enumerated() {
            line.append("\(index > 0 ? "," : "")\(Self.json(name.description))")
        }
        line.append("],\"fields\":{")
    }

    /// One field. A value that is not UTF-8 is written in base64, and its name is listed.
    ///
    /// - Throws: for a control character that is no line break and no tab.
    package mutating func field(_ name: FieldName, _ value: UnsafeRawBufferPointer) throws(ProviderRefusal) {
        line.append("\(count > 0 ? "," : "")\(Self.json(name.description)):")
        count += 1
        if SecretJSONText.isUTF8(value) {
            for byte in value where byte < 0x20 && ![9, 10, 13].contains(byte) || byte == 0x7F {
                throw ProviderRefusal(name.description, "it has a control character")
            }
            _ = SecretJSONText.append(value, to: &line)
        } else {
            line.append("\"")
            Self.base64(value, &line)
            line.append("\"")
            encoded.append(name.description)
        }
    }

    package consuming func finish() -> SecretBytes {
        line.append("}")
        if !encoded.isEmpty {
            line.append(",\"base64\":[\(encoded.map(Self.json).joined(separator: ","))]")
        }
        line.append("}\n")
        return line.finish()
    }

    /// An error as a line. It holds no value.
    package static func failure(id: String?, kind: String, message: String, advice: [String]) -> String {
        var line = SecretBuffer()
        start(id, &line)
        let advice = advice.map(json).joined(separator: ",")
        line.append("\"error\":{\"kind\":\(json(kind)),\"message\":\(json(message)),\"advice\":[\(advice)]}}\n")
        return line.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// `text` as JSON.
    static func json(_ text: String) -> String {
        var buffer = SecretBuffer()
        SecretJSONText.append(text, to: &buffer)
        return buffer.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static func start(_ id: String?, _ line: inout SecretBuffer) {
        line.append("{")
        if let id { line.append("\"id\":\(id),") }
    }

    private mutating func append(_ key: String, _ text: String) {
        let isFirst = key == "profile"
        line.append("\(isFirst ? "" : ",")\"\(key)\":\(Self.json(text))")
    }

    private static func base64(_ bytes: UnsafeRawBufferPointer, _ line: inout SecretBuffer) {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            var group = UInt32(bytes[index]) << 16
            if left > 1 { group |= UInt32(bytes[index + 1]) << 8 }
            if left > 2 { group |= UInt32(bytes[index + 2]) }
            line.append(alphabet[Int(group >> 18 & 63)])
            line.append(alphabet[Int(group >> 12 & 63)])
            line.append(left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "="))
            line.append(left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "="))
            index += 3
        }
    }
}
