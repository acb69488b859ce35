internal import KistCrypto
internal import SecretMemory

/// The sealed statement of what the vault is at one generation. Everything else is checked against it.
///
/// Plaintext: `u8 layout = 1 ‖ u8 least format = 1 ‖ vault id16 ‖ incarnation16 ‖ u64 generation ‖ header hash32 ‖ u64
/// rows ‖ u64 lookups ‖ u64 markers ‖ u8 page bits ‖ digest32 ‖ u8 state ‖ [job] ‖ [former anchor key72] ‖ predecessor32 ‖ chain`.
/// Sealed: `u8 format = 1 ‖ box(padded)` under the manifest key.
struct Manifest: Equatable {
    static let layout: UInt8 = 1

    var vaultID: [UInt8]
    var incarnation: [UInt8]
    var generation: UInt64
    /// BLAKE2b-256 of the header's bytes with their MAC: an older header does not fit a newer body.
    var headerHash: [UInt8]
    var rows: UInt64
    /// Distinct lookup ids, markers of empty profiles included.
    var lookups: UInt64
    var markers: UInt64
    var bits: UInt8
    var digest: Digest
    /// What is half done.
    var job: Job?
    /// The anchor key under the root before this one, boxed under the rekey key: what another machine remembers may
    /// have been written under it. 72 bytes.
    var formerAnchor: [UInt8]?
    /// A way in was removed or got another key since this root was made: who had it may have kept the root.
    var hasEndedSlot = false
    /// The commitment of the generation before; zeros for the first.
    var predecessor: [UInt8]
    /// Earlier generations, without this one.
    var chain: Chain

    /// `BLAKE2b(anchor key, LP("kist/v1/anchor") ‖ LP(vault id) ‖ LP(incarnation) ‖ u64 generation ‖ LP(digest) ‖
    /// LP(header hash) ‖ LP(predecessor))`, 32 bytes: names this state and, through the predecessor, all before it.
    func commitment(_ anchorKey: borrowing SecretBytes) -> [UInt8] {
        Blake2b.tag(
            anchorKey,
            Context("kist/v1/anchor").appending(vaultID).appending(incarnation).appending(plain: generation)
                .appending(digest.bytes).appending(headerHash).appending(predecessor))
    }

    func seal(_ key: borrowing SecretBytes) -> [UInt8] {
        var writer = ByteWriter(capacity: 4_096)
        writer.number(UInt32(0))
        writer.number(Self.layout)
        writer.number(Header.format)
        writer.raw(vaultID)
        writer.raw(incarnation)
        writer.number(generation)
        writer.raw(headerHash)
        writer.number(rows)
        writer.number(lookups)
        writer.number(markers)
        writer.number(bits)
        writer.raw(digest.bytes)
        writer.number((job?.phase.rawValue ?? 0) | (formerAnchor == nil ? 0 : 4) | (hasEndedSlot ? 8 : 0))
        job?.write(to: &writer)
        if let formerAnchor { writer.raw(formerAnchor) }
        writer.raw(predecessor)
        chain.write(to: &writer)
        var padded = writer.bytes
        let count = padded.count - Padding.prefix
        padded.append(contentsOf: repeatElement(0, count: Padding.size(count) - padded.count))
        padded.withUnsafeMutableBytes { Padding.writeLength(count, into: $0) }
        var sealed: [UInt8] = [Header.format]
        padded.withUnsafeBytes { SecretBox.seal($0, key, appendingTo: &sealed) }
        return sealed
    }

    /// - Throws: `.damaged` when the seal does not open or the content is not what this version writes; `.newer` when the
    ///   vault demands a newer reader.
    static func open(_ sealed: [UInt8], _ key: borrowing SecretBytes) throws(VaultError) -> Manifest {
        guard let first = sealed.first, sealed.count > 1 else { throw .damaged("the manifest is missing") }
        guard first == Header.format else { throw .damaged("the manifest's seal does not open") }
        do {
            let padded = try sealed.withBytes { (all) throws(SealError) in
                try SecretBox.open(UnsafeRawBufferPointer(rebasing: all[1...]), key)
            }
            let range = try padded.withBytes { (padded) throws(SealError) in try Padding.range(in: padded) }
            let least = padded.withBytes { range.count > 1 ? $0[range.lowerBound + 1] : 0 }
            if least > Header.format { throw VaultError.newer(version: Int(least)) }
            return try padded.withBytes { (padded) throws(Malformed) in
                try Manifest(UnsafeRawBufferPointer(rebasing: padded[range]))
            }
        } catch let error as VaultError {
            throw error
        } catch {
            throw .damaged("the manifest's seal does not open")
        }
    }

    private init(_ plaintext: UnsafeRawBufferPointer) throws(Malformed) {
        var reader = ByteReader(plaintext)
        guard try reader.number(UInt8.self) == Self.layout, try reader.number(UInt8.self) == Header.format
        else { throw Malformed() }
        vaultID = try reader.bytes(16)
        incarnation = try reader.bytes(16)
        generation = try reader.number()
        headerHash = try reader.bytes(32)
        rows = try reader.number()
        lookups = try reader.number()
        markers = try reader.number()
        bits = try reader.number()
        digest = Digest(try reader.take(Digest.byteCount))
        guard (1..<Self.generations).contains(generation), rows < Self.mostRows, bits <= Index.mostBits,
            lookups <= rows, markers <= lookups
        else { throw Malformed() }
        let state = try reader.number(UInt8.self)
        // While a job keeps the former root, the former anchor key comes from that.
        guard state < 16, state & 4 == 0 || state & 3 == 0 || state & 3 == Job.Phase.renewing.rawValue else {
            throw Malformed()
        }
        job = try Job.Phase(rawValue: state & 3).map { (phase) throws(Malformed) in try Job(phase, &reader) }
        formerAnchor = state & 4 == 0 ? nil : try reader.bytes(SecretBox.overhead + 32)
        hasEndedSlot = state & 8 != 0
        predecessor = try reader.bytes(32)
        chain = try Chain(&reader)
        guard chain.links.last.map({ $0.generation < generation }) ?? true else { throw Malformed() }
        try reader.finish()
    }

    /// Room for every write to come, and for the sums that are made of these.
    static let generations: UInt64 = 1 << 62
    static let mostRows: UInt64 = 1 << 40

    /// What the next generation starts from: this one is its predecessor and joins the chain.
    func next(_ anchorKey: borrowing SecretBytes) -> Manifest {
        let commitment = commitment(anchorKey)
        var next = self
        next.chain.append(generation, commitment)
        next.predecessor = commitment
        next.generation = generation + 1
        return next
    }

    init(
        vaultID: [UInt8], incarnation: [UInt8], generation: UInt64, headerHash: [UInt8], rows: UInt64 = 0,
        lookups: UInt64 = 0, markers: UInt64 = 0, bits: UInt8 = 0, digest: Digest = Digest(),
        predecessor: [UInt8] = [UInt8](repeating: 0, count: 32), chain: Chain = Chain()
    ) {
        self.vaultID = vaultID
        self.incarnation = incarnation
        self.generation = generation
        self.headerHash = headerHash
        self.rows = rows
        self.lookups = lookups
        self.markers = markers
        self.bits = bits
        self.digest = digest
        self.predecessor = predecessor
        self.chain = chain
    }
}
