package import SecretMemory

/// Texts and words of one JSON object and of the objects in it, each by its dotted path, straight into locked memory:
/// `registry.index-url`, and the first texts of arrays: `fields.0`. No key may stand twice in one object.
///
/// For messages that grow from version to version, of which some members are looked at. Total, bounded, linear.
package struct JSONMembers: ~Copyable, Sendable {
    /// Bytes of a message.
    package static let longest = 1 << 20
    /// Members in all.
    package static let most = 256
    /// Elements of an array that are kept.
    static let mostElements = 64
    static let deepest = 12

    private struct Place: Sendable {
        let path: String
        let range: Range<Int>
        let isText: Bool
    }

    private var places: [Place] = []
    private var paths: Set<String> = []
    private var arrays: Set<String> = []
    private var values = SecretBuffer()

    /// - Parameter part: how a refusal calls the message.
    package init(_ text: UnsafeRawBufferPointer, _ part: String) throws(ProviderRefusal) {
        let wrong = ProviderRefusal(part, "it is not one JSON object")
        guard text.count <= Self.longest else { throw ProviderRefusal(part, "it is longer than 1 MiB") }
        guard SecretJSONText.isUTF8(text) else { throw wrong }
        var reader = JSONMemberReader(text)
        guard reader.message(&self) else { throw wrong }
    }

    package init(_ text: borrowing SecretBytes, _ part: String) throws(ProviderRefusal) {
        self = try text.withBytes { (bytes) throws(ProviderRefusal) in try JSONMembers(bytes, part) }
    }

    /// A text that is not secret; `nil` when there is none.
    package borrowing func text(_ path: String) throws(ProviderRefusal) -> String? {
        guard let place = place(path, isText: true) else { return nil }
        return try values.withBytes { (all) throws(ProviderRefusal) in
            try WireText.text(UnsafeRawBufferPointer(rebasing: all[place]), path)
        }
    }

    /// A text that may be secret.
    package borrowing func secret(_ path: String) throws(ProviderRefusal) -> SecretBytes? {
        guard let place = place(path, isText: true) else { return nil }
        return try values.withBytes { (all) throws(ProviderRefusal) in
            let bytes = UnsafeRawBufferPointer(rebasing: all[place])
            try WireText.checkSecret(bytes, path)
            return SecretBytes(count: bytes.count) { $0.copyMemory(from: bytes) }
        }
    }

    /// A text of any lines that may be secret: line breaks and tabs may stand in it, and no other control character.
    package borrowing func lines(_ path: String) throws(ProviderRefusal) -> SecretBytes? {
        guard let place = place(path, isText: true) else { return nil }
        return try values.withBytes { (all) throws(ProviderRefusal) in
            let bytes = UnsafeRawBufferPointer(rebasing: all[place])
            for byte in bytes where byte < 0x20 && ![9, 10, 13].contains(byte) || byte == 0x7F {
                throw ProviderRefusal(path, "it has a control character")
            }
            return SecretBytes(count: bytes.count) { $0.copyMemory(from: bytes) }
        }
    }

    /// A number, `true`, `false` or `null` as written.
    package borrowing func word(_ path: String) -> String? {
        guard let place = place(path, isText: false) else { return nil }
        return values.withBytes { String(decoding: $0[place], as: UTF8.self) }
    }

    /// Whether there is an object or array there.
    package borrowing func has(_ path: String) -> Bool { paths.contains(path) }

    /// The names of the members of the object at `path`, in order.
    package borrowing func names(in path: String) -> [String] {
        let start = path.isEmpty ? "" : path + "."
        return paths.filter { $0.hasPrefix(start) && !$0.dropFirst(start.count).contains(".") }
            .map { String($0.dropFirst(start.count)) }.sorted()
    }

    /// The elements of an array of texts that are not secret.
    ///
    /// - Returns: `nil` when there is no array.
    /// - Throws: when another value stands there, or too many.
    package borrowing func texts(_ path: String) throws(ProviderRefusal) -> [String]? {
        guard has(path) else { return nil }
        let wrong = ProviderRefusal(path, "it is not an array of at most \(Self.mostElements) texts")
        guard arrays.contains(path) else { throw wrong }
        var texts: [String] = []
        while has("\(path).\(texts.count)") {
            guard texts.count < Self.mostElements, let text = try text("\(path).\(texts.count)") else { throw wrong }
            texts.append(text)
        }
        return texts
    }

    private borrowing func place(_ path: String, isText: Bool) -> Range<Int>? {
        places.first { $0.path == path && $0.isText == isText }?.range
    }

    /// - Returns: whether there may be one more of that path.
    mutating func note(_ path: String) -> Bool { paths.count < Self.most && paths.insert(path).inserted }

    mutating func noteArray(_ path: String) { arrays.insert(path) }

    mutating func keep(_ path: String, isText: Bool, _ fill: (inout SecretBuffer) -> Bool) -> Bool {
        let start = values.count
        guard fill(&values) else { return false }
        places.append(Place(path: path, range: start..<values.count, isText: isText))
        return true
    }
}
