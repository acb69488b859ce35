/// A value of a TOML file with the line on which it stands.
package struct TOMLNode: Sendable {
    package let value: TOMLValue
    /// Counted from 1.
    package let line: Int

    package var string: String? { if case .string(let text) = value { text } else { nil } }
    package var integer: Int? { if case .integer(let number) = value { number } else { nil } }
    package var boolean: Bool? { if case .boolean(let answer) = value { answer } else { nil } }
    package var array: [TOMLNode]? { if case .array(let items) = value { items } else { nil } }
    package var table: TOMLTable? { if case .table(let table) = value { table } else { nil } }
}

/// What Kist's files are made of. Dates and fractions are not: nothing needs them.
package enum TOMLValue: Sendable {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case array([TOMLNode])
    case table(TOMLTable)
}

/// Keys and values in the order of the file. No two keys are the same.
package struct TOMLTable: Sendable {
    package let entries: [(key: String, node: TOMLNode)]

    package subscript(key: String) -> TOMLNode? { entries.first { $0.key == key }?.node }

    package var keys: [String] { entries.map(\.key) }
}

/// Why a text is not TOML. The rule quotes nothing of the text.
package struct TOMLError: Error, Hashable, Sendable {
    /// Counted from 1.
    package let line: Int
    package let rule: String
}
