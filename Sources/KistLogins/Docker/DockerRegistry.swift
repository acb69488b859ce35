package import KistPlatforms

/// Where docker wants to log in.
package enum DockerRegistry {
    /// docker writes addresses with and without a scheme, and with the path of the interface.
    package static func query(_ server: String) -> HostQuery? {
        var text = server[...]
        var isSecure: Bool?
        for (scheme, secure) in [("https://", true), ("http://", false)] where text.lowercased().hasPrefix(scheme) {
            text = text.dropFirst(scheme.count)
            isSecure = secure
        }
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        let path = String(text[slash...])
        let usual = ["", "/", "/v1", "/v1/", "/v2", "/v2/"]
        return HostQuery(
            authority: String(text[..<slash]), isSecure: isSecure, path: usual.contains(path) ? nil : path)
    }

    /// For the audit log and for whoever has to agree.
    package static func reason(_ query: HostQuery) -> String { "docker \(query.text)" }
}
