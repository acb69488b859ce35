/// cargo's configuration of the user: Kist as one more credential provider, asked before cargo's own file of tokens.
enum CargoSetup: ToolSetup {
    static let name = "cargo"
    static let abstract = "every registry that wants a token"
    static let example = "kist setup cargo"

    private static let alias = "[credential-alias]"
    private static let registry = "[registry]"
    private static let key = "global-credential-providers"

    static func edits(_ place: SetupPlace, undo: Bool) throws(Failure) -> [SetupEdit] {
        guard place.words.isEmpty, place.name == nil else {
            throw Failure.usage("cargo asks for every registry; nothing is to be named", advice: [example])
        }
        // Cargo starts a provider by one path without arguments, so there is a name of its own for it.
        let helper = place.helper("cargo-credential-kist", undo: undo)
        guard case .link(let program, _) = helper else { throw Failure("there is no place for the helper") }
        return [
            helper,
            try place.edit(try file(place)) { (text) throws(Failure) in
                var lines = SettingsLines(text)
                let command = "kist = [\(quoted(program))]"
                if undo {
                    lines.remove(command, from: alias)
                    try takeProvider(&lines)
                } else {
                    if let other = lines.line(in: alias, key: "kist"), other != command {
                        lines.remove(other, from: alias)
                    }
                    lines.add(command, to: alias)
                    try addProvider(&lines)
                }
                return lines.text
            },
        ]
    }

    static func notes(_ place: SetupPlace) -> [String] {
        ["store a token:  cargo login   or   kist add cargo-registry"]
    }

    /// `$CARGO_HOME/config.toml`; the file without the ending, of old, wins where both are.
    private static func file(_ place: SetupPlace) throws(Failure) -> String {
        let folder = place.folder("CARGO_HOME", ".cargo")
        return Home.exists("\(folder)/config") ? "\(folder)/config" : "\(folder)/config.toml"
    }

    /// The last one in the list is asked first.
    private static func addProvider(_ lines: inout SettingsLines) throws(Failure) {
        guard let line = lines.line(in: registry, key: key) else {
            return lines.add("\(key) = [\"cargo:token\", \"kist\"]", to: registry)
        }
        var names = try providers(line)
        guard !names.contains("\"kist\"") else { return }
        names.append("\"kist\"")
        lines.replace(line, in: registry, with: "\(key) = [\(names.joined(separator: ", "))]")
    }

    private static func takeProvider(_ lines: inout SettingsLines) throws(Failure) {
        guard let line = lines.line(in: registry, key: key) else { return }
        let names = try providers(line)
        let left = names.filter { $0 != "\"kist\"" }
        guard left.count < names.count else { return }
        // What cargo does without the line.
        if left == ["\"cargo:token\""] { return lines.remove(line, from: registry) }
        lines.replace(line, in: registry, with: "\(key) = [\(left.joined(separator: ", "))]")
    }

    /// The texts of an array in one line, as they are written.
    private static func providers(_ line: String) throws(Failure) -> [String] {
        let value = line.drop { $0 != "=" }.dropFirst().trimmed
        guard value.hasPrefix("["), value.hasSuffix("]"), !value.contains("#") else {
            throw Failure(
                "\(key) is written over several lines, or with a comment",
                advice: ["add  \"kist\"  at its end by hand"])
        }
        let inner = value.dropFirst().dropLast()
        return inner.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.flatMap { $0 == "\\" || $0 == "\"" ? ["\\", $0] : [$0] } + "\""
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    fileprivate var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
