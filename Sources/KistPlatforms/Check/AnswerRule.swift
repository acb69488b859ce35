/// A look at one answer.
package enum AnswerTest: Hashable, Sendable {
    /// The body contains this text.
    case contains(String)
    /// The JSON value at this dotted path is there and not null.
    case present(path: String)
    /// The JSON value at this dotted path is this: a string, or `true`, `false`, or a number as written.
    case equals(path: String, value: String)
}

/// A meaning that a platform gives to an answer.
package struct AnswerRule: Hashable, Sendable {
    /// `nil` means any.
    package let status: Int?
    package let test: AnswerTest?
    package let verdict: CheckVerdict
    package let why: String?
}
