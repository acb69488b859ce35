/// What is wrong with a field's value. It never holds any of the value.
package enum FieldFinding: Error, Hashable, Sendable {
    case empty
    /// A line break within a value of one line.
    case lineBreak
    /// A control or an invisible direction mark.
    case controlCharacter
    /// Not UTF-8.
    case notText
    /// Shorter than so many bytes.
    case tooShort(Int)
    /// Longer than so many bytes.
    case tooLong(Int)
    case wrongForm(FieldForm)
    /// None of these is its beginning.
    case wrongPrefix([String])
    /// None of these is its end.
    case wrongSuffix([String])
    /// None of these is it.
    case notAChoice([String])
    /// The field is needed, and nothing was given or follows.
    case missing

    /// A phrase to follow the field's name and a colon.
    package var description: String {
        switch self {
        case .empty: "it is empty"
        case .lineBreak: "it contains a line break"
        case .controlCharacter: "it contains a control character"
        case .notText: "it is not UTF-8 text"
        case .tooShort(let least): "it is shorter than \(least) bytes"
        case .tooLong(let most): "it is longer than \(most) bytes"
        case .wrongForm(let form): "expected \(form.description)"
        case .wrongPrefix(let any): "it does not begin with \(any.joined(separator: " or "))"
        case .wrongSuffix(let any): "it does not end in \(any.joined(separator: " or "))"
        case .notAChoice(let any): "expected \(any.joined(separator: " or "))"
        case .missing: "it is needed"
        }
    }
}
