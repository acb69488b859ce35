private import KistProtocol

/// The one message that a proxy gets, `{"method":"serve","params":{…}}`, with stand-ins and secrets in turn as segments:
///
/// ```
/// origin       scheme, host and port of the platform    base    the path of its address, "" or "/api"
/// allow        ["GET /v1/*", …]                         port    0 for one that is free
/// owner        the process with which it ends           tls     certificates to trust (a file), or absent
/// via          "host:port" of an HTTP proxy, or absent
/// fields       the header fields in which the credential goes, in lower case
/// ```
package struct ProxyOrder: Hashable, Sendable {
    package let origin: String
    package let base: String
    package let rules: [PathRule]
    package let fields: Set<String>
    package let port: Int
    package let owner: Int32
    package let authorities: String?
    package let via: String?

    package struct Malformed: Error {}

    package init(_ text: [UInt8]) throws {
        let message = try JSONFields(try JSONParser.parse(text), "order")
        guard try message.string("method") == "serve", let value = message["params"] else { throw Malformed() }
        let params = try JSONFields(value, "params")
        origin = try params.string("origin")
        base = try params.string("base")
        rules = try params.array("allow").map { item throws in
            guard let text = item.string else { throw Malformed() }
            return try PathRule(text)
        }
        fields = Set(
            try params.array("fields").map { item throws in
                guard let text = item.string else { throw Malformed() }
                return text.lowercased()
            })
        port = Int(try params.integer("port", in: 0...65_535))
        owner = Int32(try params.integer("owner", in: 1...Int64(Int32.max)))
        authorities = try params.stringIfPresent("tls")
        via = try params.stringIfPresent("via")
        guard base.isEmpty || base.hasPrefix("/") && !base.hasSuffix("/") && RequestTarget.isPlain(base) else {
            throw Malformed()
        }
    }
}
