/// Changes the `use` list of a `kist.toml` and nothing else: comments and layout stay.
package enum ProjectEdit {
    /// - Returns: `text` with `uses` as its list.
    /// - Throws: `Failure` when the list cannot be found safely; the file must then be changed by hand.
    package static func setting(_ uses: [ProjectFile.Use], in text: String, path: String) throws(Failure) -> String {
        let before = try ProjectFile(parsing: text, path: path)
        var wanted = before
        wanted.uses = uses
        var changed = text
        if let range = listRange(in: text) {
            changed.replaceSubrange(range, with: ProjectFile.list(uses))
        } else {
            changed = "use = \(ProjectFile.list(uses))\n" + text
        }
        guard let after = try? ProjectFile(parsing: changed, path: path), after == wanted else {
            throw Failure(
                "\(path) could not be changed without touching the rest of it",
                advice: ["Change it by hand:  use = \(ProjectFile.list(uses))"])
        }
        return changed
    }

    /// Where the value of the top-level `use` stands: from its bracket to the closing one.
    private static func listRange(in text: String) -> Range<String.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            let end = text[start...].firstIndex(of: "\n") ?? text.endIndex
            let line = text[start..<end].drop { $0 == " " || $0 == "\t" }
            if line.first == "[" { return nil }
            if line.hasPrefix("use"), let mark = line.firstIndex(of: "="),
                line[line.index(line.startIndex, offsetBy: 3)..<mark].allSatisfy({ $0 == " " || $0 == "\t" })
            {
                return bracketed(text, from: text.index(after: mark))
            }
            start = end < text.endIndex ? text.index(after: end) : end
        }
        return nil
    }

    private static func bracketed(_ text: String, from start: String.Index) -> Range<String.Index>? {
        guard let open = text[start...].firstIndex(where: { $0 != " " && $0 != "\t" }), text[open] == "[" else {
            return nil
        }
        var depth = 0
        var quote: Character?
        var at = open
        while at < text.endIndex {
            let character = text[at]
            if let mark = quote {
                if character == mark { quote = nil }
            } else {
                switch character {
                case "\"", "'": quote = character
                case "#": at = text[at...].firstIndex(of: "\n") ?? text.index(before: text.endIndex)
                case "[", "{": depth += 1
                case "]", "}":
                    depth -= 1
                    if depth == 0 { return open..<text.index(after: at) }
                default: break
                }
            }
            at = text.index(after: at)
        }
        return nil
    }
}
