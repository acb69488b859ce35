/// Text with references: `{field}`, `{field|encoding}`, `{name}` (the credential's name), `{folder}` (the private
/// folder of rendered files). Any other brace is text, so JSON needs no escaping.
///
/// It never holds a value. Secrets are joined by `render`, into locked memory.
package struct Template: Hashable, Sendable {
    package enum Part: Hashable, Sendable {
        case literal(String)
        case field(String, TemplateEncoding)
        /// The credential's name.
        case name(TemplateEncoding)
        /// The final path of the private folder, without a slash at its end.
        case folder(TemplateEncoding)
    }

    package let parts: [Part]

    package init(parts: [Part]) { self.parts = parts }

    /// - Throws: `TemplateError` when an encoding is unknown.
    package init(parsing text: String) throws(TemplateError) {
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            literal += rest[..<open]
            rest = rest[rest.index(after: open)...]
            guard let close = rest.firstIndex(of: "}"), let part = try Self.reference(rest[..<close]) else {
                literal += "{"
                continue
            }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = ""
            parts.append(part)
            rest = rest[rest.index(after: close)...]
        }
        literal += rest
        if !literal.isEmpty { parts.append(.literal(literal)) }
        self.parts = parts
    }

    /// `nil` when this is no reference but a brace of the text.
    private static func reference(_ inner: Substring) throws(TemplateError) -> Part? {
        let halves = inner.split(separator: "|", omittingEmptySubsequences: false)
        guard halves.count <= 2, let word = halves.first, let first = word.utf8.first,
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first),
            word.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
        else { return nil }
        var encoding = TemplateEncoding.none
        if halves.count == 2 {
            guard let known = TemplateEncoding(rawValue: String(halves[1])), known != .none else {
                throw TemplateError(rule: "unknown encoding in {\(inner)}")
            }
            encoding = known
        }
        switch word {
        case "name": return .name(encoding)
        case "folder": return .folder(encoding)
        default: return .field(String(word), encoding)
        }
    }

    /// The fields that it refers to, once each.
    package var fields: Set<String> {
        Set(parts.compactMap { if case .field(let name, _) = $0 { name } else { nil } })
    }

    package func refers(to name: String) -> Bool {
        parts.contains { if case .field(name, _) = $0 { true } else { false } }
    }

    package var usesFolder: Bool {
        parts.contains { if case .folder = $0 { true } else { false } }
    }

    /// The text, when it needs no secret: plain values and the name are enough.
    ///
    /// - Returns: `nil` when a field has no plain value, or the folder is needed and not given.
    package func text(name: String, plain: [String: String], folder: String? = nil) -> String? {
        text(name: name, folder: folder) { plain[$0] }
    }

    /// - Parameter plain: the plain value of a field.
    package func text(name: String, folder: String? = nil, plain: (String) -> String?) -> String? {
        var text = ""
        for part in parts {
            switch part {
            case .literal(let literal): text += literal
            case .name(let encoding): text += encoding.encode(name)
            case .field(let field, let encoding):
                guard let value = plain(field) else { return nil }
                text += encoding.encode(value)
            case .folder(let encoding):
                guard let folder else { return nil }
                text += encoding.encode(folder)
            }
        }
        return text
    }
}

/// A template that cannot be read. `rule` quotes the platform's file, never a value.
package struct TemplateError: Error, Equatable, Sendable {
    package let rule: String
}
