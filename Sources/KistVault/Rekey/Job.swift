internal import KistCrypto
internal import SecretMemory

/// What the manifest says of a re-encryption that is not done: whoever unlocks next goes on with it.
///
/// `[former root72] ‖ [u16 epochs × (u32 number ‖ box72)]`; its phase is the lowest two bits of the manifest's state.
struct Job: Equatable {
    enum Phase: UInt8 {
        /// Rows go from the former root to the new one.
        case moving = 1
        /// All are moved; each is opened once more before the former root is dropped.
        case checking = 2
        /// Rows are sealed anew under the newest data key.
        case renewing = 3
    }

    var phase: Phase
    /// The former root, boxed under the rekey key; 72 bytes, none while renewing.
    var formerRoot: [UInt8] = []
    /// The former root's data keys as its header had them; none but while moving.
    var formerEpochs: [Header.Epoch] = []

    func write(to writer: inout ByteWriter) {
        guard phase != .renewing else { return }
        writer.raw(formerRoot)
        guard phase == .moving else { return }
        writer.number(UInt16(formerEpochs.count))
        for epoch in formerEpochs {
            writer.number(epoch.number)
            writer.raw(epoch.box)
        }
    }

    init(phase: Phase, formerRoot: [UInt8] = [], formerEpochs: [Header.Epoch] = []) {
        self.phase = phase
        self.formerRoot = formerRoot
        self.formerEpochs = formerEpochs
    }

    init(_ phase: Phase, _ reader: inout ByteReader) throws(Malformed) {
        self.phase = phase
        guard phase != .renewing else { return }
        formerRoot = try reader.bytes(SecretBox.overhead + 32)
        guard phase == .moving else { return }
        let count = Int(try reader.number(UInt16.self))
        guard (1...Header.mostEpochs).contains(count) else { throw Malformed() }
        for place in 0..<UInt32(count) {
            let number = try reader.number(UInt32.self)
            guard number > 0, formerEpochs.first.map({ number &- $0.number == place }) ?? true else {
                throw Malformed()
            }
            formerEpochs.append(Header.Epoch(number: number, box: try reader.bytes(SecretBox.overhead + 32)))
        }
    }

    /// Opens what the job keeps of the former root.
    ///
    /// - Throws: `.damaged` when it does not open: the manifest was whole, so this cannot be chance.
    func join(_ keys: Keys) throws(VaultError) {
        guard phase != .renewing else { return }
        let key = keys.root.derive(.rekey, vaultID: keys.vaultID)
        let damaged = VaultError.damaged("the former key does not open")
        guard let root = try? formerRoot.withBytes({ (box) throws(SealError) in try SecretBox.open(box, key) }) else {
            throw damaged
        }
        let former = Keys(root: RootKey(root), vaultID: keys.vaultID, incarnation: keys.incarnation)
        keys.formerAnchor = former.anchor.copy()
        guard phase == .moving else { return }
        for epoch in formerEpochs {
            guard
                let key = try? EpochKey.unwrap(
                    epoch.box, number: epoch.number, former.epochWrap, vaultID: keys.vaultID)
            else { throw damaged }
            former.epochs.append(key)
        }
        keys.former = former
    }
}
