/// Reads what is said to people: `[[note]]`, `[rotation]`, `[after_add]`, `[[how]]`.
enum AdviceReader {
    static func note(_ table: TableReader) throws(PlatformError) -> PlatformNote {
        try table.only(FieldReader.conditionKeys.union(["text"]))
        return PlatformNote(text: try table.required("text"), condition: try FieldReader.condition(table))
    }

    static func rotation(_ root: TableReader) throws(PlatformError) -> RotationHint? {
        guard let table = try root.table("rotation") else { return nil }
        try table.only(["text", "ends_earlier_at_once"])
        return RotationHint(
            text: try table.required("text"), endsEarlierAtOnce: try table.bool("ends_earlier_at_once", default: false))
    }

    static func afterAdd(_ root: TableReader) throws(PlatformError) -> AfterAdd {
        guard let table = try root.table("after_add") else { return AfterAdd(run: nil, code: nil, note: nil) }
        try table.only(["run", "code", "note"])
        return AfterAdd(
            run: try table.string("run"), code: try table.string("code"), note: try table.string("note"))
    }

    static func howTo(_ table: TableReader) throws(PlatformError) -> HowTo {
        try table.only(FieldReader.conditionKeys.union(["in", "text"]))
        guard let place = try table.choice("in", HowTo.Place.self) else { throw table.error("how needs in") }
        return HowTo(place: place, text: try table.required("text"), condition: try FieldReader.condition(table))
    }
}
