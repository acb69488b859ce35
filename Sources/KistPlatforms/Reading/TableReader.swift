/// One table of a platform file, read strictly: a value of another type, or a key nobody asked for, is an error.
struct TableReader {
    /// The name of the file, for errors.
    let file: String
    /// Where the table begins, counted from 1.
    let line: Int
    private let table: TOMLTable

    init(_ table: TOMLTable, line: Int, file: String) {
        self.table = table
        self.line = line
        self.file = file
    }

    /// The error for a key, or for the table itself. What a rule quotes of the file stays one harmless line.
    func error(_ rule: String, at key: String? = nil) -> PlatformError {
        let quiet = String(
            rule.unicodeScalars.prefix(400).map { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: "?"
                default: Character(scalar)
                }
            })
        return .invalid(file: file, line: key.flatMap { table[$0]?.line } ?? line, rule: quiet)
    }

    /// - Throws: when the table has a key besides these.
    func only(_ keys: Set<String>) throws(PlatformError) {
        for key in table.keys where !keys.contains(key) {
            throw error("unknown key; here are known: \(keys.sorted().joined(separator: ", "))", at: key)
        }
    }

    func string(_ key: String) throws(PlatformError) -> String? {
        guard let node = table[key] else { return nil }
        guard let text = node.string else { throw error("\(key) must be a string", at: key) }
        guard text.utf8.count <= 8_192 else { throw error("\(key) is longer than 8,192 bytes", at: key) }
        return text
    }

    func required(_ key: String) throws(PlatformError) -> String {
        guard let text = try string(key), !text.isEmpty else { throw error("\(key) is needed here", at: key) }
        return text
    }

    func bool(_ key: String, default other: Bool) throws(PlatformError) -> Bool {
        guard let node = table[key] else { return other }
        guard let answer = node.boolean else { throw error("\(key) must be true or false", at: key) }
        return answer
    }

    func int(_ key: String, in range: ClosedRange<Int>) throws(PlatformError) -> Int? {
        guard let node = table[key] else { return nil }
        guard let number = node.integer, range.contains(number) else {
            throw error("\(key) must be a number from \(range.lowerBound) to \(range.upperBound)", at: key)
        }
        return number
    }

    func strings(_ key: String) throws(PlatformError) -> [String] {
        guard let node = table[key] else { return [] }
        guard let items = node.array, items.count <= 64 else {
            throw error("\(key) must be a list of strings", at: key)
        }
        var list: [String] = []
        for item in items {
            guard let text = item.string, text.utf8.count <= 256 else {
                throw error("\(key) must be a list of strings", at: key)
            }
            list.append(text)
        }
        return list
    }

    func choice<C: RawRepresentable & CaseIterable>(_ key: String, _ type: C.Type) throws(PlatformError) -> C?
    where C.RawValue == String {
        guard let text = try string(key) else { return nil }
        guard let choice = C(rawValue: text) else {
            let known = C.allCases.map(\.rawValue).filter { !$0.isEmpty }
            throw error("\(key) must be one of \(known.joined(separator: ", "))", at: key)
        }
        return choice
    }

    func template(_ key: String) throws(PlatformError) -> Template? {
        guard let text = try string(key) else { return nil }
        do throws(TemplateError) { return try Template(parsing: text) } catch { throw self.error(error.rule, at: key) }
    }

    func table(_ key: String) throws(PlatformError) -> TableReader? {
        guard let node = table[key] else { return nil }
        guard let inner = node.table else { throw error("\(key) must be a table", at: key) }
        return TableReader(inner, line: node.line, file: file)
    }

    /// The entries of a table of strings, in their order.
    func pairs(_ key: String) throws(PlatformError) -> [(key: String, value: String)] {
        guard let inner = try table(key) else { return [] }
        var pairs: [(key: String, value: String)] = []
        for name in inner.table.keys { pairs.append((name, try inner.required(name))) }
        return pairs
    }

    func tables(_ key: String) throws(PlatformError) -> [TableReader] {
        guard let node = table[key] else { return [] }
        guard let items = node.array else { throw error("\(key) must be written as [[\(key)]]", at: key) }
        guard items.count <= 64 else { throw error("more than 64 times [[\(key)]]", at: key) }
        var list: [TableReader] = []
        for item in items {
            guard let inner = item.table else { throw error("\(key) must be written as [[\(key)]]", at: key) }
            list.append(TableReader(inner, line: item.line, file: file))
        }
        return list
    }

    /// The reader at a path such as `check[1].header[0].name`, as far as it leads, and the key that is left.
    func place(_ path: String) -> (reader: TableReader, key: String?) {
        var (reader, key): (TableReader, String?) = (self, nil)
        for part in path.split(separator: ".") {
            let halves = part.split(separator: "[")
            let name = String(halves[0])
            if halves.count == 2, let index = Int(halves[1].dropLast()), let list = try? reader.tables(name),
                list.indices.contains(index)
            {
                reader = list[index]
            } else if let inner = try? reader.table(name) {
                reader = inner
            } else {
                key = name
            }
        }
        return (reader, key)
    }
}
