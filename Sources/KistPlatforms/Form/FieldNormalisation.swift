/// What is mended in a value before it is checked. A trailing line break goes from every value in any case.
package enum FieldNormalisation: String, Hashable, CaseIterable, Sendable {
    /// White space at both ends goes (plain and secret).
    case trim
    /// Slashes at the end go (plain only, as all below).
    case trailingSlash = "trailing-slash"
    /// `https://` or `http://` at the beginning, and everything from the next slash on, go.
    case bareHost = "bare-host"
    /// Scheme and host of a URL, or the whole host, in lower case; the path stays.
    case lowerHost = "lower-host"
    /// `https://` is put before a value without a scheme.
    case addHTTPS = "add-https"
    /// `sparse+` or `registry+` at the beginning goes: how cargo marks the kind of an index.
    case bareIndex = "bare-index"
    case upperCase = "upper-case"
    case lowerCase = "lower-case"

    func apply(to text: String) -> String {
        switch self {
        case .trim:
            let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
            let front = text.drop(while: isBlank)
            return String(front.reversed().drop(while: isBlank).reversed())
        case .trailingSlash:
            var text = text
            while text.hasSuffix("/") && !text.hasSuffix("://") { text.removeLast() }
            return text
        case .bareHost:
            var rest = text[...]
            for scheme in ["https://", "http://"] where rest.lowercased().hasPrefix(scheme) {
                rest = rest.dropFirst(scheme.count)
            }
            return String(rest.prefix { $0 != "/" })
        case .lowerHost:
            guard let scheme = text.range(ofScheme: "://") else { return text.lowercased() }
            let end = text[scheme...].firstIndex(of: "/") ?? text.endIndex
            return text[..<end].lowercased() + text[end...]
        case .addHTTPS: return text.range(ofScheme: "://") == nil && !text.isEmpty ? "https://" + text : text
        case .bareIndex:
            for mark in ["sparse+", "registry+"] where text.hasPrefix(mark) {
                return String(text.dropFirst(mark.count))
            }
            return text
        case .upperCase: return text.uppercased()
        case .lowerCase: return text.lowercased()
        }
    }
}

extension String {
    /// Where the text after `mark` begins.
    fileprivate func range(ofScheme mark: String) -> String.Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(mark) { return self.index(index, offsetBy: mark.count) }
            index = self.index(after: index)
        }
        return nil
    }
}
