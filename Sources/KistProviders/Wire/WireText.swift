internal import KistModel
package import SecretMemory

/// What may stand in a field of any tool's protocol, in either direction: no control character, whatever the tool's own
/// rules would let pass. Lines, headers and JSON of all tools hold such a value without a second reading.
package enum WireText {
    /// Bytes of a field that is not secret.
    package static let longest = 4_096
    /// Bytes of a secret field.
    package static let longestSecret = 65_536

    /// The text of a field that is not secret.
    package static func text(
        _ bytes: UnsafeRawBufferPointer, _ part: String, most: Int = longest
    ) throws(ProviderRefusal) -> String {
        guard bytes.count <= most else { throw ProviderRefusal(part, "it is longer than \(most) bytes") }
        guard let text = PlainText.read(bytes) else {
            throw ProviderRefusal(part, "it is not UTF-8")
        }
        for scalar in text.unicodeScalars where isControl(scalar) { throw control(part) }
        return text
    }

    /// The same for a text that is there already.
    package static func check(_ text: String, _ part: String, most: Int = longest) throws(ProviderRefusal) {
        guard text.utf8.count <= most else { throw ProviderRefusal(part, "it is longer than \(most) bytes") }
        for scalar in text.unicodeScalars where isControl(scalar) { throw control(part) }
    }

    /// A secret may have any bytes but the 33 control characters of ASCII.
    package static func checkSecret(
        _ bytes: UnsafeRawBufferPointer, _ part: String, most: Int = longestSecret
    ) throws(ProviderRefusal) {
        guard bytes.count <= most else { throw ProviderRefusal(part, "it is longer than \(most) bytes") }
        for byte in bytes where byte < 0x20 || byte == 0x7F { throw control(part) }
    }

    package static func checkSecret(_ secret: borrowing SecretBytes, _ part: String) throws(ProviderRefusal) {
        try secret.withBytes { (bytes) throws(ProviderRefusal) in try checkSecret(bytes, part) }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    private static func control(_ part: String) -> ProviderRefusal {
        ProviderRefusal(part, "it has a control character")
    }
}
