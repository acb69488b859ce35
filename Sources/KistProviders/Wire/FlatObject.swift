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
        try text.withBytes { (bytes) throws(ProviderRefusal) in
            var reader = Reader(bytes)
            try reader.object(&self)
        }
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

    private struct Reader {
        let text: UnsafeRawBufferPointer
        var at = 0

        init(_ text: UnsafeRawBufferPointer) { self.text = text }

        private var wrong: ProviderRefusal { ProviderRefusal("standard input", "it is not a JSON object of texts") }

        mutating func object(_ object: inout FlatObject) throws(ProviderRefusal) {
            try expect("{")
            skip()
            if at < text.count, text[at] == UInt8(ascii: "}") {
                at += 1
            } else {
                repeat {
                    skip()
                    var key = SecretBuffer(capacity: 64)
                    try string(into: &key)
                    let name = try key.withBytes { (bytes) throws(ProviderRefusal) in
                        try WireText.text(bytes, "standard input", most: 256)
                    }
                    guard !object.names.contains(name), object.names.count < FlatObject.most else { throw wrong }
                    try expect(":")
                    skip()
                    let start = object.values.count
                    try string(into: &object.values)
                    object.names.append(name)
                    object.ranges.append(start..<object.values.count)
                    skip()
                } while takes(UInt8(ascii: ","))
                try expect("}")
            }
            skip()
            guard at == text.count else { throw wrong }
        }

        private mutating func takes(_ byte: UInt8) -> Bool {
            guard at < text.count, text[at] == byte else { return false }
            at += 1
            return true
        }

        private mutating func skip() {
            while at < text.count, text[at] == 32 || text[at] == 10 || text[at] == 13 || text[at] == 9 { at += 1 }
        }

        private mutating func expect(_ byte: Unicode.Scalar) throws(ProviderRefusal) {
            skip()
            guard takes(UInt8(ascii: byte)) else { throw wrong }
        }

        private mutating func string(into buffer: inout SecretBuffer) throws(ProviderRefusal) {
            guard takes(UInt8(ascii: "\"")) else { throw wrong }
            let start = at
            while at < text.count {
                let byte = text[at]
                at += 1
                switch byte {
                case UInt8(ascii: "\""):
                    guard SecretJSONText.isUTF8(UnsafeRawBufferPointer(rebasing: text[start..<at])) else { throw wrong }
                    return
                case UInt8(ascii: "\\"): try escape(&buffer)
                case 0..<0x20: throw wrong
                default: buffer.append(byte)
                }
            }
            throw wrong
        }

        private mutating func escape(_ buffer: inout SecretBuffer) throws(ProviderRefusal) {
            guard at < text.count else { throw wrong }
            let mark = text[at]
            at += 1
            switch mark {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(mark)
            case UInt8(ascii: "b"): buffer.append(8)
            case UInt8(ascii: "f"): buffer.append(12)
            case UInt8(ascii: "n"): buffer.append(10)
            case UInt8(ascii: "r"): buffer.append(13)
            case UInt8(ascii: "t"): buffer.append(9)
            case UInt8(ascii: "u"):
                var unit = try hex()
                if (0xD800..<0xDC00).contains(unit) {
                    guard takes(UInt8(ascii: "\\")), takes(UInt8(ascii: "u")) else { throw wrong }
                    let low = try hex()
                    guard (0xDC00..<0xE000).contains(low) else { throw wrong }
                    unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                }
                guard let scalar = Unicode.Scalar(unit) else { throw wrong }
                for byte in UTF8.encode(scalar)! { buffer.append(byte) }
            default: throw wrong
            }
        }

        private mutating func hex() throws(ProviderRefusal) -> UInt32 {
            var value: UInt32 = 0
            for _ in 0..<4 {
                guard at < text.count, let digit = Character(Unicode.Scalar(text[at])).hexDigitValue else {
                    throw wrong
                }
                value = value << 4 | UInt32(digit)
                at += 1
            }
            return value
        }
    }
}
