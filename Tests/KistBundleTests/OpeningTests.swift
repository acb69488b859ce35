import KistCrypto
import KistModel
import SecretMemory
import Testing

@testable import KistBundle

@Suite struct OpeningTests {
    let bench = BundleBench()

    @Test func everyRecipientGetsExactlyWhatWasSealed() throws {
        let file = try bench.seal(for: [bench.recipient(1), bench.recipient(2)])
        for machine: UInt8 in [1, 2] {
            let bundle = try OpenedBundle(file, with: bench.identity(machine), now: BundleBench.now)
            let overviews = bundle.overviews
            // By profile and name, whatever the order of sealing.
            #expect(overviews == (try bench.overviews).reversed())
            var secrets: [[UInt8]] = []
            for overview in overviews {
                for field in overview.secrets {
                    secrets.append(bundle.withSecret(overview.profile, overview.name, field) { Array($0) } ?? [1])
                }
            }
            #expect(secrets == [BundleBench.secrets[2], BundleBench.secrets[0], BundleBench.secrets[1]])
            let unknown = bundle.withSecret(.default, overviews[0].name, try FieldName("url")) { _ in true }
            #expect(unknown == nil)
            let head = bundle.head
            #expect(head.vaultKey == bench.vaultKey)
            #expect(head.fingerprint.utf8.count == 19)
        }
    }

    @Test func nothingOfACredentialOrARecipientStandsInTheClear() throws {
        let file = try bench.seal(for: [bench.recipient(1)])
        for clear in ["kumo", "snowflake", "prod", "default", "api_key", "s3cr3t", "BEGIN", "https"] {
            #expect(file.firstRange(of: Array(clear.utf8)) == nil, "\(clear)")
        }
        #expect(file.firstRange(of: bench.recipient(1).publicKey) == nil)
    }

    @Test func anotherIdentityIsToldSo() throws {
        let file = try bench.seal(for: [bench.recipient(1)])
        #expect(bench.refusal(file, bench.identity(3)) == .notForThis)
    }

    @Test func anUntrustedVaultIsRefusedBeforeAnythingIsOpened() throws {
        let planted = try bench.seal(for: [bench.recipient(1)], from: 66)
        guard case .foreign(let key, _) = bench.refusal(planted, bench.identity(1)) else {
            Issue.record("not foreign")
            return
        }
        #expect(key.publicKey == bench.pair(66).publicKey)
        let own = try bench.seal(for: [bench.recipient(1)])
        #expect(bench.refusal(own, bench.identity(1, trusting: [])) != nil)
        // The trusted vault's key put over the planter's: no box of the planter opens under it.
        var disguised = planted
        disguised.replaceSubrange(43..<75, with: bench.vaultKey.publicKey)
        #expect(bench.refusal(bench.rechecked(disguised), bench.identity(1)) == .notForThis)
    }

    @Test func expiryIsTheFirstSecondThatIsTooLate() throws {
        let file = try bench.seal(
            for: [bench.recipient(1)], expiry: .at(Timestamp(seconds: BundleBench.now.seconds + 9)))
        let end = Timestamp(seconds: BundleBench.now.seconds + 9)
        #expect(bench.refusal(file, bench.identity(1), now: Timestamp(seconds: end.seconds - 1)) == nil)
        #expect(bench.refusal(file, bench.identity(1), now: end) == .expired(end))
        let forever = try bench.seal(for: [bench.recipient(1)], expiry: .never)
        #expect(
            bench.refusal(forever, bench.identity(1), now: Timestamp(seconds: Timestamp.writable.upperBound)) == nil)
    }

    /// A recipient knows the file key. That must not be enough to give another recipient other credentials.
    @Test func aRecipientCannotChangeTheBundleForAnother() throws {
        let file = try bench.seal(for: [bench.recipient(1), bench.recipient(2)])
        let sealed = try SealedBundle(file)
        let insider = bench.identity(1)
        var fileKey: SecretBytes?
        for key in sealed.keys {
            let sender = sealed.head.vaultKey.publicKey
            if let bound = try? key.withBytes({ (box) throws(SealError) in
                try insider.identity.pair.open(box, from: sender)
            }) {
                fileKey = bound.slice(0..<32)
            }
        }
        guard let fileKey = fileKey.take() else {
            Issue.record("no key for a recipient")
            return
        }
        let bodyKey = SealedBundle.bodyKey(fileKey, sealed.head.bytes)
        let other = BundleBody.encode(try bench.overviews, bench.segments([[1], [2], [3]]))
        var body: [UInt8] = []
        other.withBytes { SecretBox.seal($0, bodyKey, appendingTo: &body) }
        let oldCount = sealed.withBody { $0.count }
        var forged = Array(file[..<(file.count - SealedBundle.checkCount - oldCount - 4)])
        withUnsafeBytes(of: UInt32(body.count).bigEndian) { forged.append(contentsOf: $0) }
        forged = bench.rechecked(forged + body + [UInt8](repeating: 0, count: SealedBundle.checkCount))
        for machine: UInt8 in [1, 2] {
            guard case .damaged = bench.refusal(forged, bench.identity(machine)) else {
                Issue.record("machine \(machine) took a forged body")
                continue
            }
        }
    }
}
