internal import KistCrypto
internal import SecretMemory

/// Where the chain's keys of a segment come from. A line goes on over segments until something breaks it.
///
/// `u8 kind ‖ id16 ‖ u64 first sequence ‖ box104`
struct AuditLine: Equatable {
    enum Origin: UInt8 {
        /// Random, and kept nowhere: only the vault's own keys can look at it.
        case lost = 0
        /// From the recovery code itself, which was at hand when the line began.
        case code = 1
        /// Random, sealed to the recovery code's public key by a pair that was thrown away.
        case boxed = 2
    }

    static let count = 1 + 16 + 8 + boxCount
    private static let boxCount = 32 + SecretBox.overhead + 32

    let origin: Origin
    let id: [UInt8]
    let first: UInt64
    /// Ephemeral public key32 ‖ nonce24 ‖ box48; zeros unless boxed.
    let box: [UInt8]

    /// A line from the recovery code itself: nobody without the code can ever write another one for it.
    ///
    /// - Parameter code: 16 bytes.
    static func begin(at first: UInt64, code: borrowing SecretBytes, vaultID: [UInt8]) -> BegunLine {
        let id = RandomBytes.make(16)
        let none = [UInt8](repeating: 0, count: boxCount)
        return BegunLine(
            line: AuditLine(origin: .code, id: id, first: first, box: none),
            key: AuditKeys.first(ofLine: id, code: code, vaultID: vaultID))
    }

    /// A line without the code at hand.
    ///
    /// - Parameter recipient: the recovery code's public key, if there is one.
    static func begin(at first: UInt64, recipient: [UInt8]?) -> BegunLine {
        let id = RandomBytes.make(16)
        let key = SecretBytes.makeRandom(count: 32)
        let ephemeral = BoxKeyPair(seed: SecretBytes.makeRandom(count: 32))
        if let recipient, let box = try? ephemeral.seal(key, for: recipient) {
            let line = AuditLine(origin: .boxed, id: id, first: first, box: ephemeral.publicKey + box)
            return BegunLine(line: line, key: key)
        }
        let none = [UInt8](repeating: 0, count: boxCount)
        return BegunLine(line: AuditLine(origin: .lost, id: id, first: first, box: none), key: key)
    }

    /// The key of the line's first entry as the code gives it; `nil` when this line is not for codes, or not for this one.
    func key(code: borrowing SecretBytes, vaultID: [UInt8]) -> SecretBytes? {
        switch origin {
        case .lost: return nil
        case .code: return AuditKeys.first(ofLine: id, code: code, vaultID: vaultID)
        case .boxed:
            let pair = BoxKeyPair(
                seed: Slot.recipientSeed(Blake2b.condense(code, label: "kist/v1/recovery")))
            return try? Array(box[32...]).withBytes { (sealed) throws(SealError) in
                try pair.open(sealed, from: Array(box[..<32]))
            }
        }
    }

    /// The public key to which a line is sealed that only this code can prove.
    static func recipient(of code: borrowing SecretBytes) -> [UInt8] {
        BoxKeyPair(seed: Slot.recipientSeed(Blake2b.condense(code, label: "kist/v1/recovery"))).publicKey
    }

    func write(to writer: inout ByteWriter) {
        writer.number(origin.rawValue)
        writer.raw(id)
        writer.number(first)
        writer.raw(box)
    }

    init(_ reader: inout ByteReader) throws(Malformed) {
        guard let origin = Origin(rawValue: try reader.number()) else { throw Malformed() }
        self.origin = origin
        id = try reader.bytes(16)
        first = try reader.number()
        box = try reader.bytes(Self.boxCount)
        guard origin == .boxed || box.allSatisfy({ $0 == 0 }) else { throw Malformed() }
    }

    private init(origin: Origin, id: [UInt8], first: UInt64, box: [UInt8]) {
        self.origin = origin
        self.id = id
        self.first = first
        self.box = box
    }
}

/// A new line and the key of its first entry.
final class BegunLine {
    let line: AuditLine
    let key: SecretBytes

    init(line: AuditLine, key: consuming SecretBytes) {
        self.line = line
        self.key = key
    }
}
