internal import KistCrypto
internal import SecretMemory

/// What this machine remembers of a vault: `u8 layout = 1 ‖ vault id16 ‖ public key32 ‖ incarnation16 ‖ u64 unproved ‖
/// chain ‖ mac32 ‖ [mac32 under the former anchor key]`, where the chain's last link is the state that was seen last.
///
/// The second MAC is there when the root was changed: a copy from before that change knows the former key only, and must
/// not pass for the vault.
struct Anchor: Equatable {
    static let layout: UInt8 = 1

    var vaultID: [UInt8]
    var publicKey: [UInt8]
    var incarnation: [UInt8]
    /// The generation that was opened although nothing proved that it follows what was seen before, and that nobody has
    /// answered for since; 0 for none.
    var unproved: UInt64
    var chain: Chain

    /// How the remembered state relates to a manifest that was opened.
    enum Verdict: Equatable {
        case ancestor
        /// Nothing contradicts, but the link was pruned away.
        case cannotTell
        case olderCopy(seen: UInt64)
        case forked(generation: UInt64)
    }

    func encode(_ keys: Keys) -> [UInt8] {
        let bytes = encode(keys.anchor)
        guard let former = keys.formerAnchor?.copy() else { return bytes }
        return bytes + Self.mac(Array(bytes.dropLast(32)), former)
    }

    /// With one MAC.
    func encode(_ anchorKey: borrowing SecretBytes) -> [UInt8] {
        var writer = ByteWriter(capacity: 4_096)
        writer.number(Self.layout)
        writer.raw(vaultID)
        writer.raw(publicKey)
        writer.raw(incarnation)
        writer.number(unproved)
        chain.write(to: &writer)
        writer.raw(Self.mac(writer.bytes, anchorKey))
        return writer.bytes
    }

    /// - Throws: when the bytes are not an anchor at all. The MAC is for `isGenuine`.
    static func decode(_ bytes: [UInt8]) throws(Malformed) -> Anchor {
        try bytes.withBytes { (raw) throws(Malformed) in try Anchor(raw) }
    }

    /// Which of the MACs is this key's: 0 for the root that wrote the anchor, 1 for the root before that one. The bytes
    /// were decoded: they have the length that they say.
    static func mac(of bytes: [UInt8], by anchorKey: borrowing SecretBytes) -> Int? {
        guard bytes.count >= bodyCount(0) else { return nil }
        let count = bodyCount(Int(bytes[bodyCount(0) - 2]) << 8 | Int(bytes[bodyCount(0) - 1]))
        guard bytes.count >= count + 32 else { return nil }
        let mac = mac(Array(bytes[..<count]), anchorKey)
        return stride(from: count, through: bytes.count - 32, by: 32).first {
            ConstantTime.areEqual(Array(bytes[$0..<$0 + 32]), mac)
        }.map { ($0 - count) / 32 }
    }

    /// Bytes before the MACs, by links of the chain.
    private static func bodyCount(_ links: Int) -> Int { 75 + 24 * links }

    /// - Parameter chain: of the vault as it is, its own generation last.
    func verdict(on chain: Chain, incarnation: [UInt8]) -> Verdict {
        guard let seen = self.chain.links.last, let found = chain.links.last else { return .cannotTell }
        guard incarnation == self.incarnation else { return .forked(generation: seen.generation) }
        for link in self.chain.links {
            if let other = chain.link(link.generation), other != link { return .forked(generation: link.generation) }
        }
        if seen.generation > found.generation { return .olderCopy(seen: seen.generation) }
        return chain.link(seen.generation) == nil ? .cannotTell : .ancestor
    }

    init(vaultID: [UInt8], publicKey: [UInt8], incarnation: [UInt8], unproved: UInt64 = 0, chain: Chain) {
        self.vaultID = vaultID
        self.publicKey = publicKey
        self.incarnation = incarnation
        self.unproved = unproved
        self.chain = chain
    }

    private init(_ raw: UnsafeRawBufferPointer) throws(Malformed) {
        var reader = ByteReader(raw)
        guard try reader.number(UInt8.self) == Self.layout else { throw Malformed() }
        vaultID = try reader.bytes(16)
        publicKey = try reader.bytes(32)
        incarnation = try reader.bytes(16)
        unproved = try reader.number()
        chain = try Chain(&reader)
        _ = try reader.bytes(32)
        if !reader.isAtEnd { _ = try reader.bytes(32) }
        try reader.finish()
    }

    private static func mac(_ bytes: [UInt8], _ key: borrowing SecretBytes) -> [UInt8] {
        Blake2b.tag(key, Context("kist/v1/seen").appending(bytes))
    }
}
