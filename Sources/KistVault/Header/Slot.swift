internal import KistCrypto
internal import SecretMemory

/// One way to the root key, as it stands in the header.
///
/// `id8 ‖ u8 kind ‖ u16 length ‖ parameters ‖ commitment32 ‖ u16 length = 72 ‖ nonce24 ‖ wrapped48 ‖ u16 length ‖ info`
struct Slot: Equatable {
    enum Kind: Equatable {
        /// Argon2id with one lane: `u8 1 ‖ u32 passes ‖ u32 memory KiB ‖ salt16`; with a second factor the first byte is 2.
        case passphrase(cost: Argon2Cost, salt: [UInt8], needsFactor: Bool)
        /// Without parameters: the recovery code, a stored key, a recipient.
        case plain(SlotSort)

        var sort: SlotSort {
            switch self {
            case .passphrase: .passphrase
            case .plain(let sort): sort
            }
        }
    }

    /// 8 random bytes.
    let id: [UInt8]
    let kind: Kind
    var commitment: [UInt8] = []
    /// `nonce24 ‖ tag16 ‖ root key`, 72 bytes.
    var wrapped: [UInt8] = []
    /// `SlotInfo`, sealed under the slot-info key.
    var info: [UInt8] = []

    static let wrappedCount = SecretBox.overhead + 32
    static let most = 32
    static let mostPassphrases = 4
    static let longestInfo = 1_024

    /// The kind byte and the parameters, as keys and commitments bind them.
    var kindBytes: [UInt8] {
        var writer = ByteWriter(capacity: 32)
        writer.number(kind.sort.rawValue)
        if case .passphrase(let cost, let salt, let needsFactor) = kind {
            writer.number(UInt8(needsFactor ? 2 : 1))
            writer.number(cost.passes)
            writer.number(cost.memory)
            writer.raw(salt)
        }
        return writer.bytes
    }

    func write(to writer: inout ByteWriter) {
        let kind = kindBytes
        writer.raw(id)
        writer.number(kind[0])
        writer.number(UInt16(kind.count - 1))
        writer.raw(Array(kind.dropFirst()))
        writer.raw(commitment)
        writer.number(UInt16(wrapped.count))
        writer.raw(wrapped)
        writer.number(UInt16(info.count))
        writer.raw(info)
    }

    init(id: [UInt8], kind: Kind) {
        self.id = id
        self.kind = kind
    }

    init(_ reader: inout ByteReader) throws(Malformed) {
        id = try reader.bytes(8)
        guard let sort = SlotSort(rawValue: try reader.number(UInt8.self)) else { throw Malformed() }
        guard try reader.number(UInt16.self) == (sort == .passphrase ? 25 : 0) else { throw Malformed() }
        if sort == .passphrase {
            let form = try reader.number(UInt8.self)
            guard form == 1 || form == 2 else { throw Malformed() }
            let passes = try reader.number(UInt32.self)
            let memory = try reader.number(UInt32.self)
            kind = .passphrase(
                cost: Argon2Cost(passes: passes, memory: memory), salt: try reader.bytes(16), needsFactor: form == 2)
        } else {
            kind = .plain(sort)
        }
        commitment = try reader.bytes(32)
        // Checked before anything is opened: a longer body could hold something for a second key.
        guard try reader.number(UInt16.self) == Self.wrappedCount else { throw Malformed() }
        wrapped = try reader.bytes(Self.wrappedCount)
        let infoCount = Int(try reader.number(UInt16.self))
        guard infoCount <= Self.longestInfo else { throw Malformed() }
        info = try reader.bytes(infoCount)
    }

    var challenge: SlotChallenge? {
        guard case .passphrase(let cost, let salt, let needsFactor) = kind else { return nil }
        return SlotChallenge(slot: id, salt: salt, cost: cost, needsFactor: needsFactor)
    }
}
