package import SecretMemory

/// What an identity's file says: the identity, and the vaults whose bundles and slots it believes.
///
/// Lines: `kist-identity-…` (one), `trust kist-vault-…` (any number), comments from `#`, blank ones. The text of an identity
/// alone is such a file.
package struct IdentityFile: ~Copyable, Sendable {
    package let identity: Identity
    package var trusted: [VaultKey]

    /// Bytes of the longest file that is read.
    package static let longest = 65_536

    /// Why a file was refused; the line, counted from 1, never its content.
    package enum Refusal: Error, Hashable, Sendable {
        case tooLong
        /// A line that is none of those above, or has a wrong character.
        case line(Int)
        case noIdentity
        case twoIdentities(line: Int)
    }

    package init(identity: consuming Identity, trusted: [VaultKey] = []) {
        self.identity = identity
        self.trusted = trusted
    }

    package init(_ file: borrowing SecretBytes) throws(Refusal) {
        guard file.count <= Self.longest else { throw .tooLong }
        var found: Identity?
        var isFound = false
        var trusted: [VaultKey] = []
        let ranges = file.withBytes { Self.lines($0) }
        for (index, range) in ranges.enumerated() {
            let line = file.slice(range)
            switch line.withBytes({ Self.kind($0) }) {
            case .nothing: continue
            case .trust:
                let text = line.withBytes { String(decoding: $0.dropFirst(Self.trustWord.count), as: UTF8.self) }
                guard let key = VaultKey(text) else { throw .line(index + 1) }
                if !trusted.contains(key) { trusted.append(key) }
            case .other:
                guard let identity = Identity(text: line) else { throw .line(index + 1) }
                guard !isFound else { throw .twoIdentities(line: index + 1) }
                isFound = true
                found = consume identity
            }
        }
        guard let identity = found.take() else { throw .noIdentity }
        self.init(identity: identity, trusted: trusted)
    }

    /// The file's bytes, with a comment that says what it is for.
    package borrowing func encode(comment: String) -> SecretBytes {
        var text = SecretBuffer(capacity: 1_024)
        for line in comment.split(separator: "\n") { text.append("# \(line)\n") }
        text.append("# its recipient, which may be known:\n# \(identity.recipient)\n")
        text.append(identity.encode())
        text.append("\n")
        for key in trusted { text.append(Self.trustLine(key)) }
        return text.finish()
    }

    /// The line that makes a file trust one more vault.
    package static func trustLine(_ key: VaultKey) -> String { "trust \(key)\n" }

    private enum Kind { case nothing, trust, other }

    private static let trustWord = Array("trust ".utf8)

    private static func kind(_ line: UnsafeRawBufferPointer) -> Kind {
        let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
        guard let first = text.first, first != UInt8(ascii: "#") else { return .nothing }
        return line.starts(with: trustWord) ? .trust : .other
    }

    private static func lines(_ bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            ranges.append(start..<index)
            start = index + 1
        }
        ranges.append(start..<bytes.count)
        return ranges
    }
}
