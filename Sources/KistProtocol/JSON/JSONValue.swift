/// A JSON value as the agent's protocol uses it: RFC 8259 with whole numbers only, members in their written order.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONValue])
    /// No two members have the same key.
    case object([JSONMember])

    /// The empty object, the commonest parameters and result.
    package static let empty = JSONValue.object([])
}

/// One `"key":value` of an object.
package struct JSONMember: Hashable, Sendable {
    package var key: String
    package var value: JSONValue

    package init(_ key: String, _ value: JSONValue) {
        self.key = key
        self.value = value
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// A member whose value is `nil` is left out.
    ///
    /// - Precondition: the keys differ.
    package init(dictionaryLiteral elements: (String, JSONValue?)...) {
        var members: [JSONMember] = []
        members.reserveCapacity(elements.count)
        for (key, value) in elements {
            if let value { members.append(JSONMember(key, value)) }
        }
        self = .object(members)
    }
}

extension JSONValue {
    /// The value of `key`; `nil` when this is no object or has no such member.
    package subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    package var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    package var integer: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    package var array: [JSONValue]? {
        guard case .array(let values) = self else { return nil }
        return values
    }

    package var members: [JSONMember]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}
