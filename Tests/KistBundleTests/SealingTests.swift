import KistCrypto
import KistModel
import SecretMemory
import Testing

@testable import KistBundle

@Suite struct SealingTests {
    let bench = BundleBench()

    private func refusal(
        _ overviews: [Overview], _ secrets: [[UInt8]], _ recipients: [Recipient], _ expiry: Expiry = .never
    ) -> BundleError? {
        do throws(BundleError) {
            _ = try SealedBundle.seal(
                overviews, bench.segments(secrets), for: recipients, from: bench.vaultPair, vaultID: bench.vaultID,
                expiry: expiry, now: BundleBench.now)
            return nil
        } catch { return error }
    }

    @Test func whatCannotBeABundleIsRefusedByItsRule() throws {
        let kumo = try bench.overviews[1]
        let key: [UInt8] = [1]
        let one = bench.recipient(1)
        #expect(refusal([], [], [one]) == .invalid("a bundle has 1 to 256 credentials"))
        #expect(refusal([kumo, kumo], [key, key], [one]) == .invalid("a credential is named twice"))
        #expect(refusal([kumo], [key], []) == .invalid("a bundle has 1 to 16 recipients"))
        #expect(refusal([kumo], [key], [one, one]) == .invalid("a recipient is named twice"))
        let many = (0..<17).map { bench.recipient($0) }
        #expect(refusal([kumo], [key], many) == .invalid("a bundle has 1 to 16 recipients"))
        #expect(refusal([kumo], [key], Array(many.dropLast())) == nil)
        #expect(
            refusal([kumo], [key], [one], .at(BundleBench.now)) == .invalid("the bundle would have expired already"))
        #expect(
            refusal([kumo], [[UInt8](repeating: 1, count: 3 << 20)], [one]) == .invalid("a bundle has at most 2 MiB"))
        var asking = kumo
        asking.policy = .confirm
        guard case .invalid = refusal([asking], [key], [one]) else {
            Issue.record("a credential that asks for confirmation was sealed")
            return
        }
    }

    @Test func notesStayInTheVault() throws {
        var kumo = try bench.overviews[1]
        kumo.note = "the boss's own"
        kumo.bundles = [
            BundleNote(label: "ci.kist", recipient: "", sealed: BundleBench.now, expiry: .never)
        ]
        let file = try SealedBundle.seal(
            [kumo], bench.segments([[1]]), for: [bench.recipient(1)], from: bench.vaultPair, vaultID: bench.vaultID,
            expiry: .never, now: BundleBench.now)
        let overview = try OpenedBundle(file, with: bench.identity(1), now: BundleBench.now).overviews[0]
        #expect(overview.note == nil)
        #expect(overview.bundles.isEmpty)
    }

    @Test func noTwoBundlesShareAKeyOrAnId() throws {
        let one = try SealedBundle(try bench.seal(for: [bench.recipient(1)]))
        let two = try SealedBundle(try bench.seal(for: [bench.recipient(1)]))
        #expect(one.head.id != two.head.id)
        #expect(one.keys != two.keys)
        let bodies = (one.withBody { Array($0) }, two.withBody { Array($0) })
        #expect(bodies.0 != bodies.1)
    }
}
