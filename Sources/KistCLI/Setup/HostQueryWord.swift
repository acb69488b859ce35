internal import KistPlatforms

/// A host that somebody typed.
enum HostQueryWord {
    /// - Returns: `https://host[:port]` (http for one of this machine that was typed so); `nil` for anything else.
    static func read(_ word: String) -> String? {
        for (scheme, isSecure) in [("https://", true), ("http://", false)] where word.hasPrefix(scheme) {
            return HostQuery(authority: String(word.dropFirst(scheme.count)), isSecure: isSecure)?.url
        }
        return HostQuery(authority: word, isSecure: true)?.url
    }
}
