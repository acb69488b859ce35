internal import KistCrypto
internal import KistModel
internal import SecretMemory

/// What a slot is for and what a later change of the root needs, sealed under the slot-info key and bound to the slot.
///
/// `u8 layout = 1 ‖ i64 created ‖ i64 tested ‖ u8 flags ‖ text8 label`, then of a recovery slot `recipient's public key32 ‖
/// commit key32`, of a recipient's slot `public key32`; padded and boxed.
struct SlotInfo: ~Copyable {
    var created: Timestamp
    /// When the slot's key was last proved; 0 for never.
    var tested: Timestamp = Timestamp(seconds: 0)
    /// A recovery code that has opened the vault.
    var isUsed = false
    var label: String
    /// Of a recovery slot or a recipient's.
    var recipient: [UInt8]?
    /// Of a recovery slot: with it the slot is renewed under another root without the code. No bytes for other slots.
    let commit: SecretBytes

    static let longestLabel = 64
    private static let layout: UInt8 = 1

    init(created: Timestamp, label: String, recipient: [UInt8]? = nil) {
        self.init(created: created, label: label, recipient: recipient, commit: SecretBytes(count: 0) { _ in })
    }

    init(created: Timestamp, label: String, recipient: [UInt8]?, commit: consuming SecretBytes) {
        self.created = created
        self.label = label
        self.recipient = recipient
        self.commit = commit
    }

    func seal(_ keys: Keys, slot: [UInt8]) -> [UInt8] {
        var head = ByteWriter()
        head.number(Self.layout)
        head.number(created.seconds)
        head.number(tested.seconds)
        head.number(UInt8(isUsed ? 1 : 0))
        head.text8(label)
        if let recipient { head.raw(recipient) }
        let count = head.bytes.count + commit.count
        var buffer = SecretBuffer(capacity: Padding.size(count))
        func put(_ bytes: [UInt8]) { bytes.withUnsafeBytes { buffer.append($0) } }
        withUnsafeBytes(of: UInt32(count).bigEndian) { buffer.append($0) }
        put(head.bytes)
        buffer.append(commit)
        put([UInt8](repeating: 0, count: Padding.size(count) - buffer.count))
        var sealed: [UInt8] = []
        buffer.withBytes { SecretBox.seal($0, Self.key(keys, slot), appendingTo: &sealed) }
        return sealed
    }

    /// - Throws: when the seal does not open or holds what this version does not write.
    static func open(_ sealed: [UInt8], _ kind: Slot.Kind, _ keys: Keys, slot: [UInt8]) throws(Malformed) -> SlotInfo {
        let plain: SecretBytes
        do {
            let padded = try sealed.withBytes { (box) throws(SealError) in try SecretBox.open(box, key(keys, slot)) }
            plain = padded.slice(try padded.withBytes { (padded) throws(SealError) in try Padding.range(in: padded) })
        } catch { throw Malformed() }
        let extra = kind.sort == .recovery ? 64 : kind.sort == .recipient ? 32 : 0
        let start = plain.count - extra
        guard start >= 0 else { throw Malformed() }
        let head = try plain.withBytes { (all) throws(Malformed) in
            try Head(UnsafeRawBufferPointer(rebasing: all[..<start]))
        }
        var info = SlotInfo(
            created: head.created, label: head.label,
            recipient: extra > 0 ? plain.withBytes { Array($0[start..<start + 32]) } : nil,
            commit: plain.slice(min(start + 32, plain.count)..<plain.count))
        info.tested = head.tested
        info.isUsed = head.isUsed
        return info
    }

    /// What every slot has.
    private struct Head {
        let created: Timestamp
        let tested: Timestamp
        let isUsed: Bool
        let label: String

        init(_ plain: UnsafeRawBufferPointer) throws(Malformed) {
            var reader = ByteReader(plain)
            guard try reader.number(UInt8.self) == layout else { throw Malformed() }
            created = Timestamp(seconds: try reader.number())
            tested = Timestamp(seconds: try reader.number())
            let flags = try reader.number(UInt8.self)
            label = try reader.text8()
            guard flags <= 1, created.isWritable, tested.isWritable, label.utf8.count <= longestLabel else {
                throw Malformed()
            }
            isUsed = flags == 1
            try reader.finish()
        }
    }

    private static func key(_ keys: Keys, _ slot: [UInt8]) -> SecretBytes {
        Blake2b.derive(keys.slotInfo, Context("kist/v1/slot-info").appending(slot))
    }
}
