/// Finds the line to blame in a platform file: TOML values come without their place.
///
/// Good for error messages only: it looks for headers and keys at the beginning of lines and skips multi-line strings.
struct SourceLines {
    /// "field[1]" → header line; "field[1].form" → line of the key.
    private var places: [String: Int] = [:]

    init(_ text: String) {
        var table = ""
        var counts: [String: Int] = [:]
        var closing: String?
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = raw.drop { $0 == " " || $0 == "\t" }
            if let mark = closing {
                if line.contains(mark) { closing = nil }
                continue
            }
            if line.hasPrefix("[["), let end = line.firstIndex(of: "]") {
                let name = String(line[line.index(line.startIndex, offsetBy: 2)..<end])
                // The inner counter of `[[check.header]]` belongs to the last `[[check]]`.
                let full = Self.resolve(name, counts)
                let number = counts[full, default: 0]
                counts[full] = number + 1
                table = "\(full)[\(number)]"
                places[table] = index + 1
            } else if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
                table = String(line[line.index(after: line.startIndex)..<end])
                places[table] = index + 1
            } else if let equals = line.firstIndex(of: "="), !line.hasPrefix("#") {
                let key = line[..<equals].trimmingBlanks()
                places[table.isEmpty ? key : "\(table).\(key)"] = index + 1
                for mark in ["'''", "\"\"\""] where line.components(mark) == 1 { closing = mark }
            }
        }
    }

    /// The line of `path`, or of the nearest thing around it, or 0.
    func line(_ path: String) -> Int {
        var path = path
        while !path.isEmpty {
            if let line = places[path] { return line }
            guard let cut = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { return 0 }
            path = String(path[..<cut])
        }
        return 0
    }

    private static func resolve(_ name: String, _ counts: [String: Int]) -> String {
        guard let dot = name.firstIndex(of: "."), let outer = counts[String(name[..<dot])] else { return name }
        return "\(name[..<dot])[\(outer - 1)]\(name[dot...])"
    }
}

extension Substring {
    fileprivate func trimmingBlanks() -> String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    fileprivate func contains(_ mark: String) -> Bool { components(mark) > 0 }

    /// How often `mark` occurs, without overlaps.
    fileprivate func components(_ mark: String) -> Int {
        var count = 0
        var rest = self
        while !rest.isEmpty {
            if rest.hasPrefix(mark) {
                count += 1
                rest = rest.dropFirst(mark.count)
            } else {
                rest = rest.dropFirst()
            }
        }
        return count
    }
}
