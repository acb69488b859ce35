/// Where a tool wants to log in: exactly one host and port. There is no wildcard, and none can be written.
package struct HostQuery: Hashable, Sendable {
    /// In lower case; an IPv6 address without its brackets.
    package let host: String
    package let port: Int
    /// Whether over TLS; `nil` when the tool does not say.
    package let isSecure: Bool?
    /// Without a slash at either end; `nil` when the tool does not say.
    package let path: String?

    /// - Parameter authority: `host` or `host:port`.
    /// - Returns: `nil` when it names no host exactly, or a secret would go there in clear.
    package init?(authority: String, isSecure: Bool?, path: String? = nil) {
        let scheme = isSecure == false ? "http://" : "https://"
        guard let address = WebAddress(scheme + authority), address.path.isEmpty, address.isSafe else { return nil }
        host = address.host
        port = address.port
        self.isSecure = isSecure
        let trimmed = path.map(Self.trimmed)
        self.path = trimmed?.isEmpty == false ? trimmed : nil
    }

    /// `host`, with its port unless that is the usual one.
    package var text: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure == false ? 80 : 443) ? shown : "\(shown):\(port)"
    }

    /// The address to be stored with a login that is good there.
    package var url: String {
        (isSecure == false ? "http://" : "https://") + text + (path.map { "/" + Self.encoded($0) } ?? "")
    }

    /// Tools say a path as it is; in an address what is no character of a path stands as `%20`.
    static func encoded(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let marks = Array("/-._~!$&'()*+,;=:@".utf8)
        let bytes = path.utf8.flatMap { byte in
            FieldForm.isAlphanumeric(byte) || marks.contains(byte)
                ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// - Returns: the path itself when it is not encoded, or is no text then.
    static func decoded(_ path: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(path.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy(FieldForm.isHex),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return path }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self) ?? path
    }

    static func trimmed(_ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("/") { path = path.dropFirst() }
        while path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }
}

/// How well a credential fits where a tool wants to log in.
package enum HostMatch: Int, Hashable, Sendable, Comparable {
    case host
    /// For this very path, or without one as the tool asked.
    case exact

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension LoginPlatform {
    /// Whether a credential may be offered there, by the `hosts` of its platform. A host counts with its port and, where the
    /// credential says how, with its scheme; a credential for one path is not offered for another.
    ///
    /// - Parameter plain: the plain value of a field.
    package func answers(_ query: HostQuery, name: String, plain: (String) -> String?) -> HostMatch? {
        var best: HostMatch?
        for host in hosts {
            if let match = Self.match(host, query, name, plain), best.map({ $0 < match }) ?? true { best = match }
        }
        return best
    }

    private static func match(
        _ template: Template, _ query: HostQuery, _ name: String, _ plain: (String) -> String?
    ) -> HostMatch? {
        if template.parts.count == 1, case .field(let field, .host) = template.parts[0] {
            guard let value = plain(field), let address = WebAddress(value), address.isSafe, address.host == query.host,
                address.port == query.port, query.isSecure == nil || query.isSecure == address.isSecure
            else { return nil }
            let path = HostQuery.trimmed(address.path)
            if path == query.path ?? "" || HostQuery.trimmed(HostQuery.decoded(address.path)) == query.path {
                return .exact
            }
            return path.isEmpty || query.path == nil ? .host : nil
        }
        guard let text = template.text(name: name, plain: plain), let address = WebAddress("https://" + text),
            address.path.isEmpty, address.host == query.host, address.port == query.port, query.isSecure != false
        else { return nil }
        return query.path == nil ? .exact : .host
    }
}
