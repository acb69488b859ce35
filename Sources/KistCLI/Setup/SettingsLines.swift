/// A file of settings as lines in sections with a header line of their own (`[registry]`): what is not touched stays to the
/// letter.
struct SettingsLines {
    private var lines: [String]

    init(_ text: String) { lines = text.linesByBytes }

    var text: String { lines.joined(separator: "\n") }

    /// The line of a section that begins with `key =`.
    func line(in section: String, key: String) -> String? {
        guard let range = range(section) else { return nil }
        let found = lines[range].first { line in
            let bare = line.drop { $0 == " " || $0 == "\t" }
            guard bare.hasPrefix(key) else { return false }
            return bare.dropFirst(key.count).first { $0 != " " && $0 != "\t" } == "="
        }
        return found?.withoutReturn
    }

    /// Adds the line at the end of its section, which is made when it is not there.
    mutating func add(_ line: String, to section: String) {
        if let range = range(section) {
            if !lines[range].contains(where: { $0.withoutReturn == line }) {
                lines.insert(line.ended(as: lines[range.lowerBound]), at: range.upperBound)
            }
            return
        }
        if lines.last == "" { lines.removeLast() }
        lines += [section, line, ""]
    }

    mutating func replace(_ line: String, in section: String, with other: String) {
        guard let range = range(section), let at = at(line, range) else { return }
        lines[at] = other.ended(as: lines[at])
    }

    /// Takes the line away, and its section when nothing else stands in it.
    mutating func remove(_ line: String, from section: String) {
        guard let range = range(section), let at = at(line, range) else { return }
        lines.remove(at: at)
        if range.count == 2 { lines.remove(at: range.lowerBound) }
    }

    private func at(_ line: String, _ range: Range<Int>) -> Int? {
        lines[range].firstIndex { $0.withoutReturn == line.withoutReturn }
    }

    /// The header and its lines, without empty ones at the end.
    private func range(_ section: String) -> Range<Int>? {
        guard let start = lines.firstIndex(where: { Self.header($0) == section }) else { return nil }
        var end = lines[(start + 1)...].firstIndex { Self.header($0) != nil } ?? lines.count
        while end > start + 1, lines[end - 1].allSatisfy({ $0 == " " || $0 == "\t" || $0 == "\r" }) { end -= 1 }
        return start..<end
    }

    private static func header(_ line: String) -> String? {
        let bare = line.drop { $0 == " " || $0 == "\t" }
        guard bare.hasPrefix("["), let close = bare.lastIndex(of: "]") else { return nil }
        return String(bare[...close])
    }
}
