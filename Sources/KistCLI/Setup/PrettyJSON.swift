internal import KistProtocol

/// JSON as docker writes its own: a line for each member, tabs before it.
enum PrettyJSON {
    static func text(_ value: JSONValue, depth: Int = 0) -> String {
        let inner = String(repeating: "\t", count: depth + 1)
        let end = "\n" + String(repeating: "\t", count: depth)
        switch value {
        case .object(let members) where !members.isEmpty:
            let lines = members.map { member in
                inner + plain(.string(member.key)) + ": " + text(member.value, depth: depth + 1)
            }
            return "{\n" + lines.joined(separator: ",\n") + end + "}"
        case .array(let values) where !values.isEmpty:
            return "[\n" + values.map { inner + text($0, depth: depth + 1) }.joined(separator: ",\n") + end + "]"
        default: return plain(value)
        }
    }

    private static func plain(_ value: JSONValue) -> String { String(decoding: value.encoded, as: UTF8.self) }
}
