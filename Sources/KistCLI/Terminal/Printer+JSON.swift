package import KistProtocol

extension Printer {
    /// One JSON value on a line of its own, exactly: on a terminal what could attack it is written as `\u….`, which
    /// means the same.
    package func json(_ value: JSONValue) {
        let text = String(decoding: value.encoded, as: UTF8.self)
        exact((isTerminal ? Self.escaped(text) : text) + "\n")
    }

    /// Raw control characters can stand within the strings of canonical JSON only, so each can be written as an escape.
    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { Visible.isUnsafe($0, false) }) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            guard Visible.isUnsafe(scalar, false) else {
                shown.unicodeScalars.append(scalar)
                continue
            }
            for unit in UTF16.encode(scalar)! { shown += SecretJSON.escape(unit) }
        }
        return shown
    }
}
