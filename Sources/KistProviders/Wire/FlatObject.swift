package import SecretMemory

/// Reads one flat JSON object whose values are texts, each straight into locked memory. Strict: no key twice, nothing
/// after it, no other kind of value.
package struct FlatObject: ~Copyable, Sendable {
    package private(set) var names: [String] = []
    private var values = SecretBuffer()
    private var ranges: [Range<Int>] = []

    /// Members of one object.
    package static let most = 64

    package init(_ text: borrowing SecretBytes) throws(ProviderRefusal) {
        try text.withBytes { (bytes) throws(ProviderRefusal) in try read(bytes) }
    }

    /// `nil` when there is no such member.
    package borrowing func value(_ name: String) -> SecretBytes? {
        guard let index = names.firstIndex(of: name) else { return nil }
        let range = ranges[index]
        return values.withBytes { all in
            SecretBytes(count: range.count) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[range])) }
        }
    }

    /// The value of a member that is not secret.
    package borrowing func text(_ name: String) throws(ProviderRefusal) -> String? {
        guard let index = names.firstIndex(of: name) else { return nil }
        let range = ranges[index]
        return try values.withBytes { (all) throws(ProviderRefusal) in
            try WireText.text(UnsafeRawBufferPointer(rebasing: all[range]), name)
        }
    }

    private mutating func read(_ text: UnsafeRawBufferPointer) throws(ProviderRefusal) {
        let wrong = ProviderRefusal("standard input", "it is not a JSON object of texts")
        guard SecretJSONText.isUTF8(text) else { throw wrong }
        var cursor = JSONCursor(text)
        cursor.skip()
        guard cursor.take("{") else { throw wrong }
        cursor.skip()
        if !cursor.take("}") {
            repeat {
                cursor.skip()
                var key = SecretBuffer(capacity: 64)
                guard cursor.string(into: &key) else { throw wrong }
                let name = try key.withBytes { (bytes) throws(ProviderRefusal) in
                    try WireText.text(bytes, "standard input", most: 256)
                }
                guard !names.contains(name), names.count < Self.most else { throw wrong }
                cursor.skip()
                guard cursor.take(":") else { throw wrong }
                cursor.skip()
                let start = values.count
                guard cursor.string(into: &values) else { throw wrong }
                names.append(name)
                ranges.append(start..<values.count)
                cursor.skip()
            } while cursor.take(",")
            guard cursor.take("}") else { throw wrong }
        }
        cursor.skip()
        guard cursor.isAtEnd else { throw wrong }
    }
}
