/// One line of the allow-list: `METHOD PATH`, `PATH`, each with `*` for *any*; a path may end with `*` for *and below*.
package struct PathRule: Hashable, Sendable {
    /// `nil` for every method.
    private let method: String?
    private let path: String
    private let isPrefix: Bool

    package struct Malformed: Error, Hashable {}

    /// - Throws: `Malformed` for anything else: a relative path, a `*` in the middle, a dot segment, a query.
    package init(_ text: String) throws(Malformed) {
        let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        guard (1...2).contains(words.count), var path = words.last else { throw Malformed() }
        if words.count == 2, words[0] != "*" {
            guard words[0].utf8.allSatisfy({ (65...90).contains($0) }) else { throw Malformed() }
            method = words[0]
        } else {
            method = nil
        }
        isPrefix = path.hasSuffix("*")
        if isPrefix { path.removeLast() }
        if path.isEmpty, isPrefix { path = "/" }
        guard !path.contains("*"), !path.contains("?"), RequestTarget.isPlain(path) else { throw Malformed() }
        self.path = path
    }

    /// - Parameter path: without its query, already found plain.
    package func allows(_ method: String, _ path: String) -> Bool {
        guard self.method == nil || self.method == method else { return false }
        return isPrefix ? path.hasPrefix(self.path) : path == self.path
    }
}
