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
