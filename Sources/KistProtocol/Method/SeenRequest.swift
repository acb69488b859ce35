/// Parameters of `seen`: what another place than the state folder remembers of the vault, or nothing.
package struct SeenRequest: Hashable, Sendable {
    /// The longest memory of a vault, in bytes.
    package static let longest = 8_192

    package var kept: [UInt8]?

    package init(kept: [UInt8]? = nil) { self.kept = kept }

    package var json: JSONValue { ["kept": kept.map { .string(SeenText.encode($0)) }] }

    package init(json: JSONValue) throws(ShapeError) { kept = try JSONFields(json, "params").seenIfPresent("kept") }
}

/// The answer to `seen`.
package struct SeenResult: Hashable, Sendable {
    /// What was handed over, beside the vault as it is.
    package enum Verdict: String, CaseIterable, Hashable, Sendable {
        /// Nothing, or nothing that says anything.
        case none
        /// This very state.
        case same
        /// An earlier state of this vault.
        case earlier
        /// A later state: the vault is an older copy.
        case later
        /// Another history, or another vault.
        case other
    }

    package var verdict: Verdict
    package var generation: UInt64
    /// What is to be remembered of the vault as it is.
    package var seen: [UInt8]

    package init(verdict: Verdict, generation: UInt64, seen: [UInt8]) {
        self.verdict = verdict
        self.generation = generation
        self.seen = seen
    }

    package var json: JSONValue {
        [
            "verdict": .string(verdict.rawValue), "generation": generation.json,
            "seen": .string(SeenText.encode(seen)),
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "result")
        guard let verdict = Verdict(rawValue: try fields.string("verdict")) else { throw ShapeError("verdict") }
        self.verdict = verdict
        generation = try fields.natural("generation")
        guard let seen = try fields.seenIfPresent("seen") else { throw ShapeError("seen") }
        self.seen = seen
    }
}

/// The memory of a vault as text: hexadecimal digits.
package enum SeenText {
    package static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// - Returns: `nil` for anything else than 1 to 8,192 bytes in lower-case digits.
    package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard !text.isEmpty, text.count.isMultiple(of: 2), text.count <= 2 * SeenRequest.longest else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var high: UInt8?
        for digit in text {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x61 + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}

extension JSONFields {
    func seenIfPresent(_ key: String) throws(ShapeError) -> [UInt8]? {
        guard let text = try stringIfPresent(key) else { return nil }
        guard let bytes = SeenText.decode(text.utf8) else { throw ShapeError(key) }
        return bytes
    }
}
