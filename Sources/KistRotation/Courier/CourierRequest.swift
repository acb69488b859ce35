import KistPlatforms
import KistProtocol

/// The one message that a courier gets, `{"method":"check","params":{…}}` with the secrets as segments:
///
/// ```
/// platform  its name                    source   the text of a user's own platform file, else absent
/// variant   or absent                   name     the credential's name
/// plain     {field: value}              secrets  [field, …] in the order of the segments
/// ```
package enum CourierRequest {
    static func read(_ json: JSONValue, segments: Int) throws -> CredentialCheck {
        let message = try JSONFields(json, "request")
        guard try message.string("method") == "check", let value = message["params"] else { throw ShapeError("method") }
        let params = try JSONFields(value, "params")
        let platformName = try params.string("platform")
        let platform: Platform
        if let source = try params.stringIfPresent("source") {
            platform = try PlatformReader.read(source, file: "\(platformName).toml", origin: .builtIn)
        } else {
            platform = try PlatformCatalog(userFolder: nil).load(platformName)
        }
        var plain: [String: String] = [:]
        for member in try params.object("plain") {
            guard case .string(let text) = member.value else { throw ShapeError("plain") }
            plain[member.key] = text
        }
        var secrets: [String] = []
        for item in try params.array("secrets") {
            guard let name = item.string else { throw ShapeError("secrets") }
            secrets.append(name)
        }
        guard secrets.count == segments, Set(secrets).count == segments,
            plain.keys.allSatisfy({ !secrets.contains($0) })
        else { throw ShapeError("secrets") }
        return CredentialCheck(
            platform: platform, variant: try params.stringIfPresent("variant"), name: try params.string("name"),
            plain: plain, secrets: secrets)
    }
}
