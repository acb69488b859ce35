internal import KistCrypto
internal import SecretMemory

/// One way to the root key, as it stands in the header.
///
/// `id8 ‖ u8 kind ‖ u16 length ‖ parameters ‖ commitment32 ‖ u16 length = 72 ‖ nonce24 ‖ wrapped48 ‖ u16 length ‖ info`
struct Slot: Equatable {
    enum Kind: Equatable {
        /// Argon2id with one lane: `u8 1 ‖ u32 passes ‖ u32 memory KiB ‖ salt16`.
        case passphrase(cost: Argon2Cost, salt: [UInt8])
        /// The recovery code: no parameters.
        case recovery
    }

    /// 8 random bytes.
    let id: [UInt8]
    let kind: Kind
    var commitment: [UInt8] = []
    /// `nonce24 ‖ tag16 ‖ root key`, 72 bytes.
    var wrapped: [UInt8] = []
    /// What the slot is for and what a later rekey needs, sealed under the slot-info key.
    var info: [UInt8] = []

    static let wrappedCount = SecretBox.overhead + 32
    static let most = 32
    static let mostPassphrases = 4
    static let longestInfo = 1_024

    /// The kind byte and the parameters, as keys and commitments bind them.
    var kindBytes: [UInt8] {
        var writer = ByteWriter(capacity: 32)
        switch kind {
        case .passphrase(let cost, let salt):
            writer.number(UInt8(1))
            writer.number(UInt8(1))
            writer.number(cost.passes)
            writer.number(cost.memory)
            writer.raw(salt)
        case .recovery:
            writer.number(UInt8(2))
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
        let kindByte = try reader.number(UInt8.self)
        let length = try reader.number(UInt16.self)
        switch (kindByte, length) {
        case (1, 25):
            guard try reader.number(UInt8.self) == 1 else { throw Malformed() }
            let passes = try reader.number(UInt32.self)
            let memory = try reader.number(UInt32.self)
            kind = .passphrase(cost: Argon2Cost(passes: passes, memory: memory), salt: try reader.bytes(16))
        case (2, 0):
            kind = .recovery
        default:
            throw Malformed()
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
        guard case .passphrase(let cost, let salt) = kind else { return nil }
        return SlotChallenge(slot: id, salt: salt, cost: cost)
    }
}
