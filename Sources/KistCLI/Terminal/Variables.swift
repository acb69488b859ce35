private import Glibc
private import KistPosix

/// The environment variables of this process, or those a test gives.
package struct Variables: Sendable {
    private let fixed: [String: String]?

    package init(_ variables: [String: String]) { fixed = variables }

    private init() { fixed = nil }

    /// The real ones.
    package static let process = Variables()

    /// The value; an empty one counts.
    package subscript(_ name: String) -> String? {
        if let fixed { return fixed[name] }
        return getenv(name).map { String(cString: $0) }
    }

    /// The value unless it is missing or empty.
    package func nonEmpty(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }

    /// The home folder: `HOME`, else the account's.
    package var home: String? {
        nonEmpty("HOME") ?? Process.home
    }
}
