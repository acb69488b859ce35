private import Glibc
internal import TOMLKit

/// One table of a platform file, read strictly: a key of another type, or one that nobody asked for, is an error.
struct TableReader {
    /// Where in the file, in the notation of `SourceLines`.
    let path: String
    private let table: TOMLTable
    private let fail: Failure

    /// Makes the error for a place and a rule.
    struct Failure {
        let file: String
        let lines: SourceLines

        func callAsFunction(_ path: String, _ rule: String) -> PlatformError {
            .invalid(file: file, line: lines.line(path), rule: rule)
        }
    }

    init(_ table: TOMLTable, path: String, fail: Failure) {
        self.table = table
        self.path = path
        self.fail = fail
    }

    func error(_ rule: String, at key: String? = nil) -> PlatformError { fail(place(key), rule) }

    private func place(_ key: String?) -> String {
        guard let key else { return path }
        return path.isEmpty ? key : "\(path).\(key)"
    }

    /// - Throws: when the table has a key besides these.
    func only(_ keys: Set<String>) throws(PlatformError) {
        for (key, _) in table where !keys.contains(key) {
            throw error("unknown key; here are known: \(keys.sorted().joined(separator: ", "))", at: key)
        }
    }

    func string(_ key: String) throws(PlatformError) -> String? {
        guard let value = table[key] else { return nil }
        guard let text = value.string else { throw error("\(key) must be a string", at: key) }
        guard text.utf8.count <= 8_192 else { throw error("\(key) is longer than 8,192 bytes", at: key) }
        return text
    }

    func required(_ key: String) throws(PlatformError) -> String {
        guard let text = try string(key), !text.isEmpty else { throw error("\(key) is needed here", at: key) }
        return text
    }

    func bool(_ key: String, default other: Bool) throws(PlatformError) -> Bool {
        guard let value = table[key] else { return other }
        guard let answer = value.bool else { throw error("\(key) must be true or false", at: key) }
        return answer
    }

    func int(_ key: String, in range: ClosedRange<Int>) throws(PlatformError) -> Int? {
        guard let value = table[key] else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw error("\(key) must be a number from \(range.lowerBound) to \(range.upperBound)", at: key)
        }
        return number
    }

    func strings(_ key: String) throws(PlatformError) -> [String] {
        guard let value = table[key] else { return [] }
        guard let array = value.array, array.count <= 64 else { throw error("\(key) must be a list of strings", at: key) }
        var list: [String] = []
        for item in array {
            guard let text = item.string, text.utf8.count <= 256 else { throw error("\(key) must be a list of strings", at: key) }
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
        guard let value = table[key] else { return nil }
        guard let inner = value.table else { throw error("\(key) must be a table", at: key) }
        return TableReader(inner, path: place(key), fail: fail)
    }

    /// The entries of a table of strings, sorted by key.
    func pairs(_ key: String) throws(PlatformError) -> [(key: String, value: String)] {
        guard let inner = try table(key) else { return [] }
        var pairs: [(key: String, value: String)] = []
        for (name, _) in inner.table { pairs.append((name, try inner.required(name))) }
        return pairs
    }

    func tables(_ key: String) throws(PlatformError) -> [TableReader] {
        guard let value = table[key] else { return [] }
        guard let array = value.array else { throw error("\(key) must be written as [[\(key)]]", at: key) }
        guard array.count <= 64 else { throw error("more than 64 times [[\(key)]]", at: key) }
        var list: [TableReader] = []
        for (index, item) in array.enumerated() {
            guard let inner = item.table else { throw error("\(key) must be written as [[\(key)]]", at: key) }
            list.append(TableReader(inner, path: "\(place(key))[\(index)]", fail: fail))
        }
        return list
    }
}
