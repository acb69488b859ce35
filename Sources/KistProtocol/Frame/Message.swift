/// The version of the agent's protocol. Another one answers `hello` with `version` and runs nothing.
package enum AgentProtocol {
    package static let version: Int64 = 1
    /// Kist's own version, for people.
    package static let release = "0.1.0"
}

/// A request as it stands in a frame's header (JSON-RPC 2.0, strict).
package struct Request: Hashable, Sendable {
    package var id: Int64
    package var method: String
    package var params: JSONValue

    package init(id: Int64, method: Method, params: JSONValue) {
        self.id = id
        self.method = method.rawValue
        self.params = params
    }

    /// - Throws: `ShapeError` naming the member that is missing, of another type or unknown.
    package init(json: JSONValue) throws(ShapeError) {
        guard case .object(let members) = json else { throw ShapeError("request") }
        let fields = try JSONFields(json, "request")
        for member in members where !["jsonrpc", "id", "method", "params"].contains(member.key) {
            throw ShapeError("request")
        }
        guard try fields.string("jsonrpc") == "2.0" else { throw ShapeError("jsonrpc") }
        id = try fields.integer("id", in: 0 ... .max)
        method = try fields.string("method")
        params = fields["params"] ?? .empty
        guard case .object = params else { throw ShapeError("params") }
    }

    package var json: JSONValue {
        ["jsonrpc": "2.0", "id": .integer(id), "method": .string(method), "params": params]
    }
}

/// One frame of an answer. `"more": true` in the result announces another frame for the same id.
package struct Response: Hashable, Sendable {
    /// `nil` when the request could not be read far enough to know it.
    package var id: Int64?
    package var outcome: Outcome

    package enum Outcome: Hashable, Sendable {
        case result(JSONValue)
        case failure(AgentFailure)
    }

    package init(id: Int64?, _ outcome: Outcome) {
        self.id = id
        self.outcome = outcome
    }

    /// - Throws: `ShapeError` naming the member that is missing or of another type.
    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "response")
        guard try fields.string("jsonrpc") == "2.0" else { throw ShapeError("jsonrpc") }
        id = try fields.integerIfPresent("id", in: 0 ... .max)
        if let error = fields["error"] {
            guard fields["result"] == nil else { throw ShapeError("result") }
            outcome = .failure(try AgentFailure(json: error))
        } else {
            guard let result = fields["result"], case .object = result else { throw ShapeError("result") }
            outcome = .result(result)
        }
    }

    package var json: JSONValue {
        let id = id.map { JSONValue.integer($0) } ?? .null
        switch outcome {
        case .result(let result): return ["jsonrpc": "2.0", "id": id, "result": result]
        case .failure(let failure): return ["jsonrpc": "2.0", "id": id, "error": failure.json]
        }
    }

    /// Whether another frame follows for this id.
    package var hasMore: Bool {
        guard case .result(let result) = outcome else { return false }
        return result["more"] == .bool(true)
    }
}
