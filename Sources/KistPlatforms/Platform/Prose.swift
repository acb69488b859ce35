/// Text for people with `{name}` and `{plain_field}` in it. Any other brace stays as it is: code is full of them.
package enum Prose {
    package static func fill(_ text: String, name: String, plain: [String: String] = [:]) -> String {
        var filled = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            filled += rest[..<open]
            rest = rest[open...]
            guard let close = rest.firstIndex(of: "}") else { break }
            let inner = String(rest[rest.index(after: open)..<close])
            if let value = inner == "name" ? name : plain[inner] {
                filled += value
                rest = rest[rest.index(after: close)...]
            } else {
                filled += "{"
                rest = rest.dropFirst()
            }
        }
        return filled + rest
    }
}
