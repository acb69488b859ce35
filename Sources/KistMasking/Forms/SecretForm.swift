/// How a secret was found written.
package enum SecretForm: UInt8, Sendable, CaseIterable {
    /// As it is, or one line of it, or with CR LF for its line ends.
    case plain
    case base64
    case hex
    /// With `%` escapes.
    case url
    /// With the backslashes of JSON, of Python's `repr` or of a program's source.
    case json
    /// As a shell quotes it.
    case shell
    /// With `&…;`.
    case html
}
