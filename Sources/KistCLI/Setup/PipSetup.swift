/// pip's configuration of the user: that it asks the `keyring` package, whose backend for Kist comes with Kist's Python
/// package. By itself pip does not where nobody can be asked.
enum PipSetup: ToolSetup {
    static let name = "pip"
    static let abstract = "indexes that want a login: kist setup pip [import|subprocess]"
    static let example = "kist setup pip"

    static func edits(_ place: SetupPlace, undo: Bool) throws(Failure) -> [SetupEdit] {
        guard place.words.count <= 1, let way = Way(rawValue: place.words.first ?? Way.importing.rawValue) else {
            throw Failure.usage(
                "pip asks keyring in one of two ways", advice: ["kist setup pip import", "kist setup pip subprocess"])
        }
        let line = "\(key) = \(way.rawValue)"
        let path = file(place)
        return [
            try place.edit(path) { (text) throws(Failure) in
                try undo ? Self.without(line, text) : Self.with(line, text, path)
            }
        ]
    }

    static func notes(_ place: SetupPlace) -> [String] {
        let way = Way(rawValue: place.words.first ?? "") ?? .importing
        return switch way {
        case .importing: ["in each environment that pip installs from there:  pip install keyring kist"]
        case .subprocess:
            ["the program keyring has to be on PATH, with kist beside it; the url then names the user: https://ada@…"]
        }
    }

    /// pip's own words for how it asks.
    private enum Way: String {
        case importing = "import"
        case subprocess
    }

    private static let key = "keyring-provider"
    private static let section = "[global]"

    /// `$PIP_CONFIG_FILE`, else `~/.pip/pip.conf` where only that one is there, else pip's file under `~/.config`.
    private static func file(_ place: SetupPlace) -> String {
        if let given = place.environment.nonEmpty("PIP_CONFIG_FILE"), given.hasPrefix("/"), given != "/dev/null" {
            return given
        }
        let usual = "\(place.folder("XDG_CONFIG_HOME", ".config"))/pip/pip.conf"
        let former = "\(place.home)/.pip/pip.conf"
        return !Home.exists(usual) && Home.exists(former) ? former : usual
    }

    /// The line at the beginning of its section, which is added when it is not there.
    private static func with(_ line: String, _ text: String, _ path: String) throws(Failure) -> String {
        var lines = text.linesByBytes
        let header = lines.firstIndex { trimmed($0) == section }
        if let header {
            let end = lines[(header + 1)...].firstIndex { trimmed($0).hasPrefix("[") } ?? lines.count
            for other in lines[header..<end] where isSetting(other) {
                if trimmed(other) == line { return text }
                throw Failure(
                    "\(path) says how pip asks keyring already",
                    advice: ["take that line away first:  pip config unset global.\(key)"])
            }
            lines.insert(line.ended(as: lines[header]), at: header + 1)
            return lines.joined(separator: "\n")
        }
        return text + (text.endsLine ? "" : "\n") + "\(section)\n\(line)\n"
    }

    private static func without(_ line: String, _ text: String) -> String {
        var lines = text.linesByBytes
        guard let header = lines.firstIndex(where: { trimmed($0) == section }) else { return text }
        let end = lines[(header + 1)...].firstIndex { trimmed($0).hasPrefix("[") } ?? lines.count
        guard let at = lines[header..<end].firstIndex(where: { trimmed($0) == line }) else { return text }
        lines.remove(at: at)
        // A section that is empty now was made for this line.
        let isEmpty = lines[(header + 1)..<(end - 1)].allSatisfy { trimmed($0).isEmpty }
        if isEmpty { lines.removeSubrange(header..<(header + 1)) }
        return lines.joined(separator: "\n")
    }

    /// Whether a line sets how pip asks, in any of the ways that pip reads (`-` and `_` are one to it).
    private static func isSetting(_ line: String) -> Bool {
        let name = line.prefix { $0 != "=" && $0 != ":" }.map { $0 == "_" ? "-" : $0 }
        return trimmed(String(name)).lowercased() == key && name.count < line.count
    }

    private static func trimmed(_ line: String) -> String {
        String(
            line.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" || $0 == "\r" }.reversed())
    }
}
