extension Platform {
    /// Where a credential may be sent: scheme, host and port of its hosts and of the calls that prove it. Always exact,
    /// never a pattern, and never in clear but to this machine.
    package func origins(name: String, variant: String?, plain: [String: String]) -> [WebAddress] {
        let plain = withFallbacks(plain, variant: variant)
        var texts = hosts.compactMap { $0.text(name: name, plain: plain) }.filter { !$0.isEmpty }.map {
            "https://\($0)"
        }
        for recipe in checks where recipe.condition.allows(variant: variant) {
            if let url = recipe.url.text(name: name, plain: plain) { texts.append(url) }
        }
        if let url = plain["url"] { texts.append(url) }
        var origins: [WebAddress] = []
        for text in texts {
            guard let address = WebAddress(text, allowsQuery: true), address.isSafe,
                !origins.contains(where: { $0.isSameOrigin(as: address) })
            else { continue }
            origins.append(address)
        }
        return origins
    }
}

extension Platform {
    /// What a path of the platform's API goes behind: the address with which the call that proves a credential begins, else
    /// its url.
    package func baseURL(variant: String?, plain: [String: String]) -> String? {
        let plain = withFallbacks(plain, variant: variant)
        if let url = plain["url"], !url.isEmpty { return url }
        for recipe in checks where recipe.condition.allows(variant: variant) {
            if case .field(let name, .none) = recipe.url.parts.first, let url = plain[name], WebAddress(url) != nil {
                return url
            }
        }
        return nil
    }
}

extension WebAddress {
    package func isSameOrigin(as other: WebAddress) -> Bool {
        isSecure == other.isSecure && host == other.host && port == other.port
    }
}
