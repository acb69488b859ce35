/// Why a name was refused. Never holds the refused text: it may be a secret typed in the wrong place.
package struct NameError: Error, Equatable, Sendable {
    /// What was to be named, for a message: "credential name", "profile", "field".
    package let what: String
    /// The rule that was broken, as a phrase.
    package let rule: String

    package init(what: String, rule: String) {
        self.what = what
        self.rule = rule
    }
}

/// The name of one credential within a profile: 1 to 64 bytes of `A-Z a-z 0-9 . _ -`, first one a letter or digit.
package struct CredentialName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let description: String

    package init(_ text: String) throws(NameError) {
        try Naming.check(text, what: "credential name", upperCase: true)
        description = text
    }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

/// The name of a profile: 1 to 64 bytes of `A-Z a-z 0-9 . _ -`, first one a letter or digit.
package struct ProfileName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let description: String

    /// The profile that is meant when nothing says otherwise.
    package static let `default` = ProfileName(unchecked: "default")

    package init(_ text: String) throws(NameError) {
        try Naming.check(text, what: "profile", upperCase: true)
        description = text
    }

    private init(unchecked text: String) { description = text }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

/// The name of a field within a credential: 1 to 64 bytes of `a-z 0-9 _ - .`, first one a letter or digit.
package struct FieldName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let description: String

    package init(_ text: String) throws(NameError) {
        try Naming.check(text, what: "field", upperCase: true)
        description = text
    }

    /// A name that stands in the program itself.
    init(known text: String) { description = text }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

/// The one rule behind every name.
enum Naming {
    static let longest = 64

    static func check(_ text: String, what: String, upperCase: Bool) throws(NameError) {
        let bytes = text.utf8
        guard let first = bytes.first else { throw NameError(what: what, rule: "it is empty") }
        guard bytes.count <= longest else { throw NameError(what: what, rule: "it is longer than 64 bytes") }
        guard isWord(first, upperCase) else {
            throw NameError(what: what, rule: "it must begin with a letter or digit")
        }
        for byte in bytes where !isWord(byte, upperCase) && !isMark(byte) {
            throw NameError(what: what, rule: "only letters, digits, '.', '_' and '-' are allowed")
        }
    }

    private static func isWord(_ byte: UInt8, _ upperCase: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): upperCase
        default: false
        }
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}
