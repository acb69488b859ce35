internal import SecretMemory

/// A header that shows a credential to its platform.
public struct Header: Sendable {
    /// `X-API-Key`, `Authorization`, …
    public let name: String
    /// The whole value, in locked memory: printable ASCII, no line break.
    public let value: Secret
    /// `false` for what merely goes with it (a version of the API): such may be logged, and is left alone when the
    /// request has one already.
    public let isSecret: Bool
}
