package import NIOHTTP1

/// The header fields that reach the platform.
package enum RequestHeaders {
    /// Fields about one connection only (RFC 9110, 7.6.1), and those that the client to the platform writes itself.
    static let ofTheConnection: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length", "expect",
    ]

    /// A stand-in stood in a field that is not the credential's. Whatever a platform repeats of such a field in an answer, an
    /// error or a log would be the secret.
    package struct Misplaced: Error {}

    /// - Parameter fields: in lower case, those in which the platform is given its credential.
    /// - Returns: `nil` when none of them carried a stand-in: then nobody whom we started has asked.
    package static func forPlatform(
        _ headers: HTTPHeaders, _ substitution: Substitution, in fields: Set<String>
    ) throws(Misplaced) -> HTTPHeaders? {
        var named: Set<String> = []
        for list in headers["connection"] {
            for name in list.split(separator: ",") { named.insert(trimmed(name).lowercased()) }
        }
        var out = HTTPHeaders()
        var hasAsked = false
        for (name, value) in headers {
            let lower = name.lowercased()
            let replaced = substitution.replaced(in: value)
            if replaced != nil {
                guard fields.contains(lower), !named.contains(lower) else { throw Misplaced() }
                hasAsked = true
            }
            if ofTheConnection.contains(lower) || named.contains(lower) { continue }
            out.add(name: name, value: replaced ?? value)
        }
        return hasAsked ? out : nil
    }

    /// What comes back, without the fields of the other connection.
    package static func fromPlatform(_ headers: HTTPHeaders) -> HTTPHeaders {
        var out = HTTPHeaders()
        for (name, value) in headers where !hopByHop.contains(name.lowercased()) { out.add(name: name, value: value) }
        return out
    }

    private static let hopByHop: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "te", "trailer", "transfer-encoding",
        "upgrade",
    ]

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
