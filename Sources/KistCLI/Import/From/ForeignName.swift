/// Turns what other programs call things into names that Kist takes.
enum ForeignName {
    /// A credential's name: small letters, digits, `.`, `_`, and `-` for whatever else stood there.
    static func credential(_ title: String) -> String? { word(title.lowercased(), filler: "-") }

    /// A field's name, `field` when nothing of it can stay.
    static func field(_ title: String) -> String {
        let small = title.contains(where: \.isLowercase) ? title.lowercased() : title
        return word(small, filler: "_") ?? "field"
    }

    private static func word(_ text: String, filler: Character) -> String? {
        var name = ""
        for character in text {
            if character.isASCII, character.isLetter || character.isNumber || character == "." || character == "_" {
                name.append(character)
            } else if character == "-" {
                name.append(filler == "-" ? "-" : filler)
            } else if let last = name.last, last != filler {
                name.append(filler)
            }
        }
        while let first = name.first, !(first.isLetter || first.isNumber) { name.removeFirst() }
        name = String(name.prefix(56))
        while let last = name.last, !(last.isLetter || last.isNumber) { name.removeLast() }
        return name.isEmpty ? nil : name
    }
}
