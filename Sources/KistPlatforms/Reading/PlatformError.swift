/// Why a platform cannot be used.
package enum PlatformError: Error, Equatable, Sendable {
    /// No built-in and no user's platform has this name; `similar` are names that look like it.
    case notFound(similar: [String])
    /// A user's file is wrong. `line` counts from 1; 0 when no line is to blame.
    case invalid(file: String, line: Int, rule: String)
    /// A user's file has the name of a built-in platform and does not say `replaces = true`.
    case shadowsBuiltIn(file: String, name: String)
    /// A user's file cannot be read; `code` is an errno.
    case unreadable(file: String, code: Int32)

    package var description: String {
        switch self {
        case .notFound(let similar):
            similar.isEmpty ? "no such platform" : "no such platform; did you mean \(similar.joined(separator: ", "))?"
        case .invalid(let file, let line, let rule): line > 0 ? "\(file):\(line): \(rule)" : "\(file): \(rule)"
        case .shadowsBuiltIn(let file, let name):
            "\(file): \(name) is a platform of Kist's own; write replaces = true to use this file instead, or rename it"
        case .unreadable(let file, _): "\(file): cannot be read"
        }
    }
}
