/// Reads one platform file.
package enum PlatformReader {
    /// The largest file, in bytes: it has to fit into a message to the courier with room to spare.
    package static let largest = 32_768

    /// - Parameters:
    ///   - text: the file.
    ///   - file: its name, for errors.
    /// - Throws: `PlatformError.invalid`.
    package static func read(_ text: String, file: String, origin: PlatformOrigin) throws(PlatformError) -> Platform {
        guard text.utf8.count <= largest else {
            throw .invalid(file: file, line: 0, rule: "it is longer than \(largest) bytes")
        }
        let table: TOMLTable
        do throws(TOMLError) { table = try TOMLParser.parse(text) } catch {
            throw .invalid(file: file, line: error.line, rule: "not TOML: \(error.rule)")
        }
        let root = TableReader(table, line: 1, file: file)
        let platform = try platform(root, origin)
        try PlatformCheck(platform, root).run()
        return platform
    }

    private static func platform(_ root: TableReader, _ origin: PlatformOrigin) throws(PlatformError) -> Platform {
        try root.only([
            "schema", "name", "title", "family", "summary", "replaces", "free_form", "variant", "field", "env", "unset",
            "file", "hosts", "basic", "check", "no_check", "note", "rotation", "after_add", "how",
        ])
        guard try root.int("schema", in: 1...1) != nil else { throw root.error("schema = 1 is needed", at: "schema") }
        let name = try root.required("name")
        var variants: [PlatformVariant] = []
        for table in try root.tables("variant") {
            try table.only(["name", "title"])
            variants.append(.init(name: try table.required("name"), title: try table.required("title")))
        }
        var hosts: [Template] = []
        for text in try root.strings("hosts") {
            do throws(TemplateError) { hosts.append(try Template(parsing: text)) } catch {
                throw root.error(error.rule, at: "hosts")
            }
        }
        var kept = origin
        if case .user(let path, _, let source) = origin {
            kept = .user(path: path, replaces: try root.bool("replaces", default: false), source: source)
        }
        return Platform(
            name: name, title: try root.required("title"), family: try root.string("family") ?? name,
            summary: try root.required("summary"), origin: kept, variants: variants,
            fields: try root.tables("field").reading(FieldReader.field),
            isFreeForm: try root.bool("free_form", default: false),
            environment: try root.tables("env").reading(EnvironmentReader.rule),
            unset: try root.tables("unset").reading(EnvironmentReader.unset),
            files: try root.tables("file").reading(EnvironmentReader.file), hosts: hosts,
            logins: try root.tables("basic").reading(LoginReader.form),
            checks: try root.tables("check").reading(CheckReader.recipe),
            withoutCheck: try root.tables("no_check").reading(CheckReader.without),
            notes: try root.tables("note").reading(AdviceReader.note), rotation: try AdviceReader.rotation(root),
            afterAdd: try AdviceReader.afterAdd(root), howTo: try root.tables("how").reading(AdviceReader.howTo))
    }
}

extension [TableReader] {
    func reading<Item>(_ read: (TableReader) throws(PlatformError) -> Item) throws(PlatformError) -> [Item] {
        var items: [Item] = []
        for table in self { items.append(try read(table)) }
        return items
    }
}
