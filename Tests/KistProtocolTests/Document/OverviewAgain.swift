import KistModel
import KistProtocol

/// Reads an overview and writes it again, both ways that the code has.
func overviewAgain(_ json: JSONValue) throws -> JSONValue {
    let overview = try Overview(json: json)
    var bytes: [UInt8] = []
    overview.encode(into: &bytes)
    guard bytes == overview.json.encoded else { return .null }
    return overview.json
}
