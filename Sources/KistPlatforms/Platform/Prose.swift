/// Text for people with `{name}` and `{plain_field}` in it. Any other brace stays as it is: code is full of them.
package enum Prose {
    package static func fill(_ text: String, name: String, plain: [String: String] = [:]) -> String {
        fill(text, name: name, plain: plain) { value, _ in value }
    }

    /// The lines for one place. Those for a shell get values as words that it takes as they are: a stored text must
    /// not run when somebody pastes the line.
    package static func fill(
        _ text: String, in place: HowTo.Place, name: String, plain: [String: String]
    ) -> String {
        switch place {
        case .python, .notebook, .nginx: return fill(text, name: name, plain: plain)
        case .systemd:
            // A unit is no shell: only what means nothing to it is filled in.
            return fill(text, name: name, plain: plain) { value, _ in
                value.utf8.allSatisfy { FieldForm.isAlphanumeric($0) || "._:/@-".utf8.contains($0) } ? value : nil
            }
        case .curl, .cron, .docker:
            return fill(text, name: name, plain: plain) { value, before in
                guard let word = ShellQuoting(after: before).quoted(value) else { return nil }
                // cron ends a command at a bare %.
                return place == .cron
                    ? word.split(separator: "%", omittingEmptySubsequences: false)
                        .joined(separator: "\\%") : word
            }
        }
    }

    /// - Parameter shown: a value as it is to stand, given the text before it; `nil` leaves the braces.
    private static func fill(
        _ text: String, name: String, plain: [String: String], shown: (String, Substring) -> String?
    ) -> String {
        var filled = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            filled += rest[..<open]
            rest = rest[open...]
            guard let close = rest.firstIndex(of: "}") else { break }
            let inner = String(rest[rest.index(after: open)..<close])
            if let value = inner == "name" ? name : plain[inner], let word = shown(value, text[..<open]) {
                filled += word
                rest = rest[rest.index(after: close)...]
            } else {
                filled += "{"
                rest = rest.dropFirst()
            }
        }
        return filled + rest
    }
}

/// Where in a line of shell a value is about to stand.
struct ShellQuoting {
    private enum Place { case bare, single, double, comment }
    private var place = Place.bare

    /// - Parameter before: the lines up to there, as the platform's file has them.
    init(after before: Substring) {
        var isEscaped = false
        var last: Character = "\n"
        for character in before {
            defer { last = character }
            if isEscaped {
                isEscaped = false
                continue
            }
            switch (place, character) {
            case (.bare, "\\"), (.double, "\\"): isEscaped = true
            case (.bare, "'"): place = .single
            case (.bare, "\""): place = .double
            case (.bare, "#") where last == " " || last == "\n": place = .comment
            case (.single, "'"), (.double, "\""), (.comment, "\n"): place = .bare
            default: break
            }
        }
    }

    /// `value` so that a shell reads exactly that; `nil` where no way of writing is safe.
    func quoted(_ value: String) -> String? {
        let isPlain = value.utf8.allSatisfy { FieldForm.isAlphanumeric($0) || "._:/@-".utf8.contains($0) }
        if isPlain { return value }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
        let parts = value.split(separator: "'", omittingEmptySubsequences: false)
        let word = "'" + parts.joined(separator: "'\\''") + "'"
        switch place {
        case .bare: return word
        case .double: return "\"" + word + "\""
        case .comment: return value
        // It may be a program of its own, for a shell within the shell.
        case .single: return nil
        }
    }
}
