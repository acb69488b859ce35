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

extension PlatformField {
    /// The part of a given value that is kept: without one line break at its end, and without white space around it
    /// when the field says `trim`. Nothing is copied.
    package func trimmed(_ bytes: UnsafeRawBufferPointer) -> Range<Int> {
        var range = 0..<bytes.count
        if form != .lines {
            if range.upperBound > 0, bytes[range.upperBound - 1] == 10 { range = 0..<range.upperBound - 1 }
            if range.upperBound > 0, bytes[range.upperBound - 1] == 13 { range = 0..<range.upperBound - 1 }
        }
        guard normalisation.contains(.trim) else { return range }
        while let last = bytes[range].last, last == 32 || last == 9 { range = range.lowerBound..<range.upperBound - 1 }
        while let first = bytes[range].first, first == 32 || first == 9 {
            range = range.lowerBound + 1..<range.upperBound
        }
        return range
    }

    /// A plain value as it is stored.
    package func normalised(_ text: String) -> String {
        var text = text
        text = text.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            return String(decoding: bytes[trimmed(bytes)], as: UTF8.self)
        }
        for step in normalisation { text = step.apply(to: text) }
        return text
    }

    /// The first thing that is wrong with a value, already trimmed.
    package func check(_ bytes: UnsafeRawBufferPointer) -> FieldFinding? {
        if bytes.isEmpty { return .empty }
        if bytes.count > limits.longest { return .tooLong(limits.longest) }
        if let finding = form.check(bytes) { return finding }
        if bytes.count < limits.shortest { return .tooShort(limits.shortest) }
        if !limits.prefixes.isEmpty, !limits.prefixes.contains(where: { bytes.starts(with: $0.utf8) }) {
            return .wrongPrefix(limits.prefixes)
        }
        if !limits.suffixes.isEmpty,
            !limits.suffixes.contains(where: { bytes.suffix($0.utf8.count).elementsEqual($0.utf8) })
        {
            return .wrongSuffix(limits.suffixes)
        }
        if !choices.isEmpty, !choices.contains(where: { bytes.elementsEqual($0.utf8) }) { return .notAChoice(choices) }
        return nil
    }

    package func check(_ text: String) -> FieldFinding? {
        var text = text
        return text.withUTF8 { check(UnsafeRawBufferPointer($0)) }
    }
}
