/// git's configuration of the user: `credential.helper`, for all hosts or for those that are named.
enum GitSetup: ToolSetup {
    static let name = "git"
    static let abstract = "every https remote, or those named: kist setup git [HOST …]"
    static let example = "kist setup git github.com"

    static func edits(_ place: SetupPlace, undo: Bool) throws(Failure) -> [SetupEdit] {
        let path = try file(place)
        let lines = commands(place).map { "\thelper = \($0)" }
        var edits: [SetupEdit] = []
        let edit = try place.edit(path) { (text) throws(Failure) in
            var text = text
            for section in try sections(place) {
                // The others are from before, or after, `kist-helper` was beside `kist`.
                for line in undo ? lines[...] : lines.dropFirst() { text = Self.without(line, section, text) }
                if !undo { text = Self.with(lines[0], section, text) }
            }
            return text
        }
        edits.append(edit)
        return edits
    }

    /// `$GIT_CONFIG_GLOBAL`, `~/.gitconfig`, or git's file under `~/.config` when only that one is there.
    private static func file(_ place: SetupPlace) throws(Failure) -> String {
        if let given = place.environment.nonEmpty("GIT_CONFIG_GLOBAL") { return given }
        let usual = "\(place.home)/.gitconfig"
        let other = "\(place.folder("XDG_CONFIG_HOME", ".config"))/git/config"
        return !Home.exists(usual) && Home.exists(other) ? other : usual
    }

    /// Commands, so that neither `PATH` nor a link is needed: git hands a text with `!` to the shell. The first is to be used.
    private static func commands(_ place: SetupPlace) -> [String] {
        (place.helper.map { [command($0, "git")] } ?? []) + [command(place.program, "provider git")]
    }

    private static func command(_ program: String, _ words: String) -> String {
        let quoted =
            "'" + program.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        let plain = program.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || [45, 46, 47, 95].contains($0)
        }
        guard !plain else { return "!\(program) \(words)" }
        let escaped = "!\(quoted) \(words)".flatMap { $0 == "\\" || $0 == "\"" ? ["\\", $0] : [$0] }
        return "\"\(String(escaped))\""
    }

    private static func sections(_ place: SetupPlace) throws(Failure) -> [String] {
        guard !place.words.isEmpty else { return ["[credential]"] }
        var sections: [String] = []
        for word in place.words {
            guard let query = HostQueryWord.read(word) else {
                throw Failure.usage("a host is written like github.com or git.example.com:8443")
            }
            sections.append("[credential \"\(query)\"]")
        }
        return sections
    }

    /// The line at the end of its section, which is added when it is not there.
    private static func with(_ line: String, _ section: String, _ text: String) -> String {
        var lines = text.linesByBytes
        if let range = range(section, lines) {
            guard !lines[range].contains(where: { $0.withoutReturn == line }) else { return text }
            lines.insert(line.ended(as: lines[range.lowerBound]), at: range.upperBound)
            return lines.joined(separator: "\n")
        }
        return text + (text.endsLine ? "" : "\n") + "\(section)\n\(line)\n"
    }

    private static func without(_ line: String, _ section: String, _ text: String) -> String {
        var lines = text.linesByBytes
        guard let range = range(section, lines),
            let at = lines[range].firstIndex(where: { $0.withoutReturn == line })
        else { return text }
        lines.remove(at: at)
        // A section that is empty now was made for this line.
        if range.count == 2 { lines.remove(at: range.lowerBound) }
        return lines.joined(separator: "\n")
    }

    /// The section's header and its lines, without empty ones at its end.
    private static func range(_ section: String, _ lines: [String]) -> Range<Int>? {
        guard let start = lines.firstIndex(where: { $0.withoutReturn == section }) else { return nil }
        var end = lines[(start + 1)...].firstIndex { $0.hasPrefix("[") } ?? lines.count
        while end > start + 1, lines[end - 1].allSatisfy({ $0 == " " || $0 == "\t" || $0 == "\r" }) { end -= 1 }
        return start..<end
    }
}
