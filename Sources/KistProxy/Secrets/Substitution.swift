package import SecretMemory

/// Stand-ins and what they stand for. Whoever sends a stand-in has been started with it; that is the proof of who asks.
package final class Substitution: Sendable {
    /// Every stand-in ends with this many characters that nobody can guess (256 bits in base64url).
    package static let tokenBytes = 43

    /// What stands before them.
    package static let mark = "kist-proxy-"

    /// Stand-in, secret, stand-in, secret, …
    private let pairs: SecretSegments

    /// - Precondition: `pairs` has an even number of segments.
    package init(_ pairs: consuming SecretSegments) {
        precondition(pairs.count % 2 == 0)
        self.pairs = pairs
    }

    package var count: Int { pairs.count / 2 }

    /// `value` with the secret where its stand-in was; `nil` when none is in it. `Basic` credentials (RFC 7617) are looked
    /// into.
    ///
    /// The result is an ordinary string: it goes to the HTTP client next, which has nothing safer.
    package func replaced(in value: String) -> String? {
        if let found = plain(value) { return found }
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "basic", let inner = Base64.decode(parts[1].utf8),
            let text = String(validating: inner, as: UTF8.self), let found = plain(text)
        else { return nil }
        return "\(parts[0]) \(Base64.encode(found.utf8))"
    }

    private func plain(_ value: String) -> String? {
        let bytes = Array(value.utf8)
        for index in 0..<count {
            let found: [UInt8]? = pairs.withSegment(2 * index) { standIn in
                guard let start = Self.place(of: standIn, in: bytes) else { return nil }
                return pairs.withSegment(2 * index + 1) { secret in
                    Array(bytes[..<start]) + Array(secret) + Array(bytes[(start + standIn.count)...])
                }
            }
            if let found { return String(validating: found, as: UTF8.self) }
        }
        return nil
    }

    /// Where `standIn` begins. The place is found by its mark; the rest is compared without telling by time how much fits.
    private static func place(of standIn: UnsafeRawBufferPointer, in bytes: [UInt8]) -> Int? {
        guard bytes.count >= standIn.count else { return nil }
        for start in 0...(bytes.count - standIn.count) {
            var differences: UInt8 = 0
            for index in 0..<standIn.count { differences |= bytes[start + index] ^ standIn[index] }
            if differences == 0 { return start }
        }
        return nil
    }
}
