internal import KistCrypto

/// Earlier states of the vault, pruned as they grow old: what an anchor is compared with.
///
/// Kept are the last 64 generations, every 8th of the last 512, every 64th of the last 4,096, every 512th of the last
/// 32,768 and every 4,096th of the last 131,072: 256 links at most. Two histories that split long ago differ in the first
/// rung that both still have.
struct Chain: Equatable {
    struct Link: Equatable {
        let generation: UInt64
        /// The first 16 bytes of the generation's commitment.
        let commitment: [UInt8]
    }

    static let commitmentCount = 16
    static let most = 256
    private static let ladder: [(step: UInt64, reach: UInt64)] = [
        (1, 64), (8, 512), (64, 4_096), (512, 32_768), (4_096, 131_072),
    ]

    /// Ascending.
    private(set) var links: [Link] = []

    init() {}

    /// Adds the newest and drops what is too old to be kept.
    mutating func append(_ generation: UInt64, _ commitment: [UInt8]) {
        links.append(Link(generation: generation, commitment: Array(commitment.prefix(Self.commitmentCount))))
        links.removeAll { !Self.isKept($0.generation, at: generation) }
    }

    func link(_ generation: UInt64) -> Link? { links.first { $0.generation == generation } }

    func write(to writer: inout ByteWriter) {
        writer.number(UInt16(links.count))
        for link in links {
            writer.number(link.generation)
            writer.raw(link.commitment)
        }
    }

    init(_ reader: inout ByteReader) throws(Malformed) {
        let count = Int(try reader.number(UInt16.self))
        guard count <= Self.most else { throw Malformed() }
        for _ in 0..<count {
            let generation = try reader.number(UInt64.self)
            guard links.last.map({ $0.generation < generation }) ?? (generation > 0) else { throw Malformed() }
            links.append(Link(generation: generation, commitment: try reader.bytes(Self.commitmentCount)))
        }
    }

    private static func isKept(_ old: UInt64, at now: UInt64) -> Bool {
        let age = now - old
        return Self.ladder.contains { old % $0.step == 0 && age < $0.reach }
    }
}
