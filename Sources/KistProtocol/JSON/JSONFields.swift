/// A message that parses as JSON but does not have the agreed shape. Names the member, never its value.
package struct ShapeError: Error, Hashable, Sendable {
    /// The member that is missing or of another type.
    package let member: String

    package init(_ member: String) { self.member = member }
}

/// Typed reading of an object's members.
package struct JSONFields {
    private let members: [JSONMember]

    /// - Throws: `ShapeError` naming `what` when `value` is no object.
    package init(_ value: JSONValue, _ what: String) throws(ShapeError) {
        guard case .object(let members) = value else { throw ShapeError(what) }
        self.members = members
    }

    package subscript(_ key: String) -> JSONValue? {
        for member in members where member.key == key {
            if case .null = member.value { return nil }
            return member.value
        }
        return nil
    }

    package func string(_ key: String) throws(ShapeError) -> String {
        guard let text = try stringIfPresent(key) else { throw ShapeError(key) }
        return text
    }

    package func stringIfPresent(_ key: String) throws(ShapeError) -> String? {
        guard let value = self[key] else { return nil }
        guard case .string(let text) = value else { throw ShapeError(key) }
        return text
    }

    package func integer(_ key: String, in range: ClosedRange<Int64> = .min ... .max) throws(ShapeError) -> Int64 {
        guard let number = try integerIfPresent(key, in: range) else { throw ShapeError(key) }
        return number
    }

    package func integerIfPresent(
        _ key: String, in range: ClosedRange<Int64> = .min ... .max
    ) throws(ShapeError) -> Int64? {
        guard let value = self[key] else { return nil }
        guard case .integer(let number) = value, range.contains(number) else { throw ShapeError(key) }
        return number
    }

    /// A whole number from 0 on: a generation, a revision, a count.
    package func natural(_ key: String) throws(ShapeError) -> UInt64 { UInt64(try integer(key, in: 0 ... .max)) }

    package func naturalIfPresent(_ key: String) throws(ShapeError) -> UInt64? {
        try integerIfPresent(key, in: 0 ... .max).map { UInt64($0) }
    }

    /// `false` when it is missing.
    package func flag(_ key: String) throws(ShapeError) -> Bool {
        guard let value = self[key] else { return false }
        guard case .bool(let flag) = value else { throw ShapeError(key) }
        return flag
    }

    package func array(_ key: String) throws(ShapeError) -> [JSONValue] {
        guard let values = try arrayIfPresent(key) else { throw ShapeError(key) }
        return values
    }

    package func arrayIfPresent(_ key: String) throws(ShapeError) -> [JSONValue]? {
        guard let value = self[key] else { return nil }
        guard case .array(let values) = value else { throw ShapeError(key) }
        return values
    }

    package func object(_ key: String) throws(ShapeError) -> [JSONMember] {
        guard case .object(let members)? = self[key] else { throw ShapeError(key) }
        return members
    }
}

extension UInt64 {
    /// As a JSON number; generations and revisions never come near the limit.
    package var json: JSONValue { .integer(Int64(clamping: self)) }
}
