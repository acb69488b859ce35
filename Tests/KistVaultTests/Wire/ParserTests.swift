import KistCrypto
import KistModel
import KistStore
import KistTestKit
import SecretMemory
import Testing

@testable import KistVault

/// Every reader: what it accepts it writes again byte for byte, and no input makes it trap.
@Suite struct ParserTests {
    private func overviews() throws -> [StoredOverview] {
        let overview = Overview(
            profile: try ProfileName("work"), name: try CredentialName("snow"), platform: "snowflake",
            variant: "key-pair",
            plain: [PlainField(name: try FieldName("url"), value: "https://näh.example")],
            secrets: [try FieldName("key"), try FieldName("pass")], expiry: .at(Timestamp(seconds: 253_402_300_799)),
            created: Timestamp(seconds: 1), modified: Timestamp(seconds: 2), revision: 3, note: "")
        var bare = overview
        (bare.variant, bare.note, bare.expiry, bare.plain, bare.secrets) = (nil, nil, .never, [], [])
        var guarded = overview
        guarded.policy = .confirm
        bare.policy = .runOnly
        var refused = overview
        refused.rejections = [Rejection(host: "git.example.com:8443", revision: 2, when: Timestamp(seconds: 9))]
        var noted = refused
        noted.since = 2
        return [overview, bare, nil, guarded, refused, noted].map {
            StoredOverview(
                profile: overview.profile, overview: $0, revision: 3, when: Timestamp(seconds: 2), who: "kist",
                why: "add")
        }
    }

    @Test func overviewsHaveOneEncoding() throws {
        for overview in try overviews() {
            let bytes = overview.encode()
            let plain = Array(bytes.dropFirst(4))
            let again = try plain.withBytes { (raw) throws(Malformed) in try StoredOverview(raw) }
            #expect(again == overview)
            for (bent, _) in Mutations(of: plain, count: 4_000) {
                guard let read = try? bent.withBytes({ (raw) throws(Malformed) in try StoredOverview(raw) }) else {
                    continue
                }
                #expect(Array(read.encode().dropFirst(4)) == bent)
            }
        }
    }

    @Test func momentsWithoutATextFormAreRefused() throws {
        for seconds in [Int64.min, -1, 253_402_300_800, .max] {
            let moment = Timestamp(seconds: seconds)
            var bent = Array(try overviews().prefix(3))
            bent[0].overview?.expiry = .at(moment)
            bent[1].when = moment
            bent[2].when = moment
            for overview in bent {
                let plain = Array(overview.encode().dropFirst(4))
                #expect(throws: Malformed.self) {
                    try plain.withBytes { (raw) throws(Malformed) in try StoredOverview(raw) }
                }
            }
        }
    }

    @Test func headersHaveOneEncoding() throws {
        let test = try MemoryVault()
        let bytes = try #require(test.store.head?.header)
        let headerKey = try #require(test.vault.keys).header.copy()
        #expect(try Header.decode(bytes).encode(headerKey) == bytes)
        var accepted = 0
        for (bent, _) in Mutations(of: bytes, count: 6_000) {
            guard let header = try? Header.decode(bent) else { continue }
            accepted += 1
            #expect(Array(header.encode(headerKey).dropLast(32)) == Array(bent.dropLast(32)))
        }
        #expect(accepted > 0)
    }

    @Test func manifestsAndAnchorsHaveOneEncoding() throws {
        let test = try MemoryVault()
        for number in 0..<5 { try test.vault.put("n\(number)") }
        let keys = try #require(test.vault.keys)
        let manifest = try #require(test.vault.contents).manifest
        #expect(try Manifest.open(manifest.seal(keys.manifest), keys.manifest) == manifest)
        let bytes = try #require(test.anchors.bytes)
        #expect(try Anchor.decode(bytes).encode(keys) == bytes)
        for (bent, _) in Mutations(of: bytes, count: 4_000) {
            guard let anchor = try? Anchor.decode(bent) else { continue }
            // Behind what it says, one MAC or two.
            let body = anchor.encode(keys).dropLast(32)
            #expect(bent.starts(with: body) && [32, 64].contains(bent.count - body.count))
        }
    }

    /// Whoever has the root can seal any number: none makes a sum overflow, and a state has one encoding.
    @Test func manifestsWithNumbersThatNoVaultReachesAreRefused() throws {
        let test = try MemoryVault()
        try test.vault.put("n")
        let keys = try #require(test.vault.keys)
        let good = try #require(test.vault.contents).manifest
        var bent = [Manifest](repeating: good, count: 5)
        bent[0].generation = 1 << 62
        bent[1].generation = .max
        bent[2].rows = 1 << 40
        (bent[3].rows, bent[3].lookups, bent[3].markers) = (.max, .max, .max)
        bent[4].markers = good.lookups + 1
        let box = [UInt8](repeating: 7, count: 72)
        for phase in [Job.Phase.moving, .checking] {
            var job = Job(phase: phase, formerRoot: box)
            if phase == .moving { job.formerEpochs = [Header.Epoch(number: 1, box: box)] }
            var both = good
            both.job = job
            #expect(try Manifest.open(both.seal(keys.manifest), keys.manifest) == both, "the control")
            both.formerAnchor = box
            bent.append(both)
        }
        for manifest in bent {
            #expect(throws: VaultError.damaged("the manifest's seal does not open")) {
                try Manifest.open(manifest.seal(keys.manifest), keys.manifest)
            }
        }
        var most = good
        (most.generation, most.rows) = (1 << 62 - 1, 1 << 40 - 1)
        most.job = Job(phase: .renewing)
        most.formerAnchor = box
        #expect(try Manifest.open(most.seal(keys.manifest), keys.manifest) == most)
    }

    @Test func secretPartsNeverReadPastTheirEnd() throws {
        let names = [try FieldName("api-key"), try FieldName("pin")]
        let good = SecretPart.encode(names, segments(["secret value", ""]), from: 0).withBytes { Array($0) }
        var accepted = 0
        for (bent, _) in Mutations(of: good, count: 6_000) {
            let part: SecretPart
            do { part = try SecretPart(padded: SecretBytes(copyingExposed: bent)) } catch { continue }
            accepted += 1
            for field in part.fields { part.withValue(field.range) { #expect($0.count == field.range.count) } }
        }
        #expect(accepted > 0)
    }

    @Test func pagesThatAreOddAreRefused() throws {
        let test = try MemoryVault()
        for number in 0..<9 { try test.vault.put("n\(number)") }
        let page = try #require(test.store.pages[0])
        for (bent, _) in Mutations(of: page, count: 2_000) {
            var index = Index()
            _ = try? bent.withBytes { (raw) throws(Malformed) in try index.load(0, raw) }
        }
    }
}

/// Bent copies of good bytes: flips, cuts, growths, doubled and swapped pieces, numbers at their ends. The same in every run.
struct Mutations: Sequence, IteratorProtocol {
    private let good: [UInt8]
    private var left: Int
    private var random = Seeded(state: 42)

    init(of good: [UInt8], count: Int) {
        self.good = good
        left = count
    }

    mutating func next() -> ([UInt8], Int)? {
        guard left > 0 else { return nil }
        left -= 1
        var bytes = good
        for _ in 0...Int.random(in: 0...2, using: &random) { bend(&bytes) }
        return (bytes, left)
    }

    private mutating func bend(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[at] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random)!
        case 2: bytes.removeSubrange(at...)
        case 3: bytes.remove(at: at)
        case 4: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
        default:
            for offset in at..<Swift.min(at + 4, bytes.count) { bytes[offset] = 0xFF }
        }
    }
}
