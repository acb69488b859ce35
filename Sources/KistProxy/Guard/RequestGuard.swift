package import NIOHTTP1

/// Which requests are handed on. Who sent it is decided before what it wants: a web page that reaches this port through a
/// name of its own (DNS rebinding) or by a form learns nothing about what is behind it.
package struct RequestGuard: Sendable {
    /// The port that this proxy listens on.
    package let port: Int
    /// No rule allows everything at or below `base`.
    package let rules: [PathRule]
    /// The path of the platform's address, without a slash at its end.
    package let base: String

    package init(port: Int, rules: [PathRule], base: String) {
        self.port = port
        self.rules = rules
        self.base = base
    }

    /// A request that is not handed on; `text` is for whoever asked.
    package struct Refusal: Error, Hashable {
        package let status: HTTPResponseStatus
        package let text: String
    }

    /// - Returns: where the request goes.
    /// - Throws: `Refusal`, in this order: 421 for another host, 403 for a page in a browser, 400 for a target with two meanings,
    ///   405 for a method that proxies treat specially, 403 for what the allow-list leaves out.
    package func admit(_ head: HTTPRequestHead) throws(Refusal) -> RequestTarget {
        let hosts = head.headers["host"]
        guard hosts.count == 1, hosts[0] == "127.0.0.1:\(port)" || hosts[0] == "localhost:\(port)" else {
            throw Refusal(status: .misdirectedRequest, text: "this proxy answers to 127.0.0.1:\(port) only")
        }
        let fromAPage = ["origin", "sec-fetch-site", "sec-fetch-mode", "access-control-request-method"]
        guard !fromAPage.contains(where: { head.headers.contains(name: $0) }) else {
            throw Refusal(status: .forbidden, text: "this proxy does not answer pages in a browser")
        }
        guard head.method != .CONNECT, head.method != .TRACE, !head.headers.contains(name: "upgrade") else {
            throw Refusal(status: .methodNotAllowed, text: "neither tunnels nor upgrades go through this proxy")
        }
        guard let target = RequestTarget(head.uri) else {
            throw Refusal(status: .badRequest, text: "this path could be read in two ways")
        }
        // llhttp takes one of the two; another server on the way might take the other.
        guard !(head.headers.contains(name: "transfer-encoding") && head.headers.contains(name: "content-length")),
            head.headers["content-length"].count <= 1
        else { throw Refusal(status: .badRequest, text: "the length of this body is given twice") }
        // A platform that heeds one of these would do something else than what was looked at.
        guard !Self.overriding.contains(where: { head.headers.contains(name: $0) }) else {
            throw Refusal(status: .badRequest, text: "a header asks for another method or path than the request")
        }
        guard isAllowed(head.method.rawValue, target.path) else {
            // Without its query, which may hold what nobody else should read.
            throw Refusal(status: .forbidden, text: "\(head.method.rawValue) \(target.path) is not allowed here")
        }
        return target
    }

    private static let overriding = [
        "x-http-method-override", "x-http-method", "x-method-override", "x-original-url", "x-rewrite-url",
    ]

    private func isAllowed(_ method: String, _ path: String) -> Bool {
        guard path == base || path.hasPrefix(base + "/") else { return false }
        return rules.isEmpty || rules.contains { $0.allows(method, path) }
    }
}
