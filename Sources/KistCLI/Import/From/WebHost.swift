/// The host within an address, for a name.
enum WebHost {
    static func of(_ address: String) -> String {
        var rest = address.split(separator: "://", maxSplits: 1).last ?? ""
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let mark = rest.lastIndex(of: "@") { rest = rest[rest.index(after: mark)...] }
        return String(rest)
    }
}
