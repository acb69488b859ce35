/// Reads `[[env]]`, `[[unset]]` and `[[file]]`.
enum EnvironmentReader {
    static func rule(_ table: TableReader) throws(PlatformError) -> EnvironmentRule {
        try table.only(FieldReader.conditionKeys.union(["name", "value", "when_package", "otherwise"]))
        _ = try table.required("name")
        _ = try table.required("value")
        return EnvironmentRule(
            name: try table.template("name")!, value: try table.template("value")!,
            condition: try FieldReader.condition(table, package: true), otherwise: try table.string("otherwise"))
    }

    static func unset(_ table: TableReader) throws(PlatformError) -> UnsetRule {
        try table.only(FieldReader.conditionKeys.union(["name"]))
        return UnsetRule(name: try table.required("name"), condition: try FieldReader.condition(table))
    }

    static func file(_ table: TableReader) throws(PlatformError) -> FileRecipe {
        try table.only(FieldReader.conditionKeys.union(["path", "mode", "content", "merge"]))
        let path = try table.required("path")
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        // What the agent takes: a file, or a file in one folder.
        guard parts.count <= 2, parts.allSatisfy({ (1...64).contains($0.utf8.count) && $0 != "." && $0 != ".." }),
            path.utf8.allSatisfy({ FieldForm.isAlphanumeric($0) || [45, 46, 47, 95].contains($0) })
        else {
            throw table.error(
                "path is NAME or FOLDER/NAME within the private folder, 64 bytes each at most", at: "path")
        }
        let mode = try table.string("mode") ?? "0600"
        guard mode == "0600" || mode == "0400" else { throw table.error("mode must be 0600 or 0400", at: "mode") }
        _ = try table.required("content")
        return FileRecipe(
            path: path, mode: mode == "0600" ? 0o600 : 0o400, content: try table.template("content")!,
            merge: try table.choice("merge", FileMerge.self), condition: try FieldReader.condition(table))
    }
}
