/// Why a request of a tool is not taken, or a stored value not written for it. Names fields, never values.
package struct ProviderRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The part of the request: "host", "password", "standard input".
    package let part: String
    /// The rule that was broken, as a phrase.
    package let rule: String

    package init(_ part: String, _ rule: String) {
        self.part = part
        self.rule = rule
    }

    package var description: String { "\(part): \(rule)" }
}
