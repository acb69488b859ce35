/// Why a source has a credential but cannot give it, or why none has it.
///
/// It names the source, and never holds a value of a secret. ``reason`` is for programs, ``description`` for people.
public struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure; more may come.
    public struct Reason: Hashable, Sendable, CustomStringConvertible {
        /// The name of the kind, as it is printed: `locked`.
        public let description: String

        private init(_ name: String) { description = name }

        /// No source has it (only from ``CredentialProvider/require(_:)``).
        public static let notFound = Reason("notFound")
        /// The vault is locked, or no agent runs: `kist unlock`.
        public static let locked = Reason("locked")
        /// The credential, or the bundle that holds it, has expired.
        public static let expired = Reason("expired")
        /// Its policy does not allow this, or a person said no.
        public static let refused = Reason("refused")
        /// The request, or a value that was found, does not have its form; or a field is missing.
        public static let invalid = Reason("invalid")
        /// The source cannot be reached or read.
        public static let unavailable = Reason("unavailable")
        /// What the source holds was cut or changed, or it does not keep to its protocol.
        public static let damaged = Reason("damaged")
        /// A file, folder or socket has an owner or a mode that others could misuse.
        public static let unsafePlace = Reason("unsafePlace")
        /// The deadline passed.
        public static let timeout = Reason("timeout")
        /// The task was cancelled.
        public static let cancelled = Reason("cancelled")
    }

    /// What kind of failure it is.
    public let reason: Reason
    /// Which source: `agent`, `environment`, …
    public let source: String
    /// One line for people: what happened and, where there is one, the command that mends it.
    public let message: String
    /// The sources that were asked before and do not have it, in order.
    public var before: [String]

    /// An error of a source of your own. `message` must not hold any part of a secret.
    public init(_ reason: Reason, source: String, _ message: String) {
        self.reason = reason
        self.source = source
        self.message = message
        before = []
    }

    /// `agent: the vault is locked; kist unlock (not in: environment, file)`
    public var description: String {
        "\(source): \(message)" + (before.isEmpty ? "" : " (not in: \(before.joined(separator: ", ")))")
    }
}
