internal import KistCrypto
internal import SecretMemory

/// What is readable without a key: who the vault is and which ways lead into it. Sealed by a MAC under the root key, and
/// by its hash in the manifest.
///
/// `"KIST" ‖ u8 format = 1 ‖ vault id16 ‖ incarnation16 ‖ public key32 ‖ u64 generation ‖ u16 epochs ‖ epochs × (u32
/// number ‖ box72) ‖ u8 slots ‖ slots ‖ mac32`
struct Header: Equatable {
    struct Epoch: Equatable {
        let number: UInt32
        /// 72 bytes.
        let box: [UInt8]
    }

    static let magic: [UInt8] = Array("KIST".utf8)
    static let format: UInt8 = 1
    static let mostEpochs = 1_024

    let vaultID: [UInt8]
    var incarnation: [UInt8]
    /// The X25519 public key from which this vault's wraps come.
    var publicKey: [UInt8]
    /// The generation that wrote this header.
    var generation: UInt64
    /// Ascending without a gap; the last one seals new records. Those whose records are all sealed anew are gone.
    var epochs: [Epoch]
    var slots: [Slot]

    var fingerprint: Fingerprint { Fingerprint(vaultID: vaultID, publicKey: publicKey) }

    /// The bytes with their MAC.
    func encode(_ headerKey: borrowing SecretBytes) -> [UInt8] {
        var writer = ByteWriter(capacity: 1_024)
        writer.raw(Self.magic)
        writer.number(Self.format)
        writer.raw(vaultID)
        writer.raw(incarnation)
        writer.raw(publicKey)
        writer.number(generation)
        writer.number(UInt16(epochs.count))
        for epoch in epochs {
            writer.number(epoch.number)
            writer.raw(epoch.box)
        }
        writer.number(UInt8(slots.count))
        for slot in slots { slot.write(to: &writer) }
        writer.raw(Self.mac(writer.bytes, headerKey))
        return writer.bytes
    }

    static func isGenuine(_ bytes: [UInt8], _ headerKey: borrowing SecretBytes) -> Bool {
        guard bytes.count > 32 else { return false }
        return ConstantTime.areEqual(Array(bytes.suffix(32)), mac(Array(bytes.dropLast(32)), headerKey))
    }

    /// Reads the form; the MAC is for `isGenuine`.
    ///
    /// - Throws: `.newer` for another format version, `.damaged` for anything that this version does not write.
    static func decode(_ bytes: [UInt8]) throws(VaultError) -> Header {
        guard bytes.count <= 1 << 20 else { throw .damaged("the header is too long") }
        if bytes.count > 5, Array(bytes[..<4]) == magic, bytes[4] > format { throw .newer(version: Int(bytes[4])) }
        do {
            return try bytes.withBytes { (raw) throws(Malformed) in try Header(raw) }
        } catch {
            throw .damaged("the header does not follow the format")
        }
    }

    private init(_ raw: UnsafeRawBufferPointer) throws(Malformed) {
        var reader = ByteReader(raw)
        guard try reader.bytes(4) == Self.magic, try reader.number(UInt8.self) == Self.format else { throw Malformed() }
        vaultID = try reader.bytes(16)
        incarnation = try reader.bytes(16)
        publicKey = try reader.bytes(32)
        generation = try reader.number()
        let epochCount = Int(try reader.number(UInt16.self))
        guard (1...Self.mostEpochs).contains(epochCount) else { throw Malformed() }
        epochs = []
        for place in 0..<UInt32(epochCount) {
            let number = try reader.number(UInt32.self)
            guard number > 0, epochs.first.map({ number &- $0.number == place }) ?? true else { throw Malformed() }
            epochs.append(Epoch(number: number, box: try reader.bytes(SecretBox.overhead + 32)))
        }
        let slotCount = Int(try reader.number(UInt8.self))
        guard (1...Slot.most).contains(slotCount) else { throw Malformed() }
        slots = []
        for _ in 0..<slotCount {
            let slot = try Slot(&reader)
            guard !slots.contains(where: { $0.id == slot.id }) else { throw Malformed() }
            slots.append(slot)
        }
        guard slots.count(where: { $0.challenge != nil }) <= Slot.mostPassphrases else { throw Malformed() }
        _ = try reader.bytes(32)
        try reader.finish()
    }

    init(
        vaultID: [UInt8], incarnation: [UInt8], publicKey: [UInt8], generation: UInt64, epochs: [Epoch], slots: [Slot]
    ) {
        self.vaultID = vaultID
        self.incarnation = incarnation
        self.publicKey = publicKey
        self.generation = generation
        self.epochs = epochs
        self.slots = slots
    }

    private static func mac(_ bytes: [UInt8], _ key: borrowing SecretBytes) -> [UInt8] {
        Blake2b.tag(key, Context("kist/v1/header").appending(bytes))
    }
}
