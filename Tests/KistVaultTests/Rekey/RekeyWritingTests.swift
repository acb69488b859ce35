import KistModel
import KistStore
import KistTestKit
import SecretMemory
import Testing

@testable import KistVault

/// Others write while a root is changed.
@Suite struct RekeyWritingTests {
    /// Every verb that writes, between any two steps, on credentials of both sides; each compared with a vault that is left
    /// in peace.
    @Test(arguments: [1, 8], [true, false])
    func writesInTheMiddleArriveAsInAVaultLeftInPeace(rows: Int, changingRoot: Bool) throws {
        let test = try RekeyVault()
        let peace = try RekeyVault()
        var random = SplitMix(state: UInt64(rows))
        if changingRoot { try test.begin() } else { try test.vault.renewDataKey() }
        var step = 0
        while step < 18 {
            // A slice that prepares rows and need not write them yet: the write comes in between.
            var left = 4
            _ = try test.vault.advanceRekey(most: rows) {
                left -= 1
                return left < 0
            }
            let number = Int(random.next() % 19)
            let verb = random.next() % 6
            for vault in [test.vault, peace.vault] { try Self.write(vault, verb, number, step) }
            step += 1
            if step % 5 == 0 {
                try test.reopen()
                try test.unlock(old: !changingRoot)
            }
            if step % 3 == 0 {
                #expect(try Self.contents(test.vault) == Self.contents(peace.vault), "\(step)")
                #expect(try test.vault.verify() == peace.vault.verify())
            }
        }
        #expect(test.vault.rekeyStatus != nil || step > 10)
        try test.advance(rows: rows)
        #expect(test.vault.rekeyStatus == nil)
        #expect(try Self.contents(test.vault) == Self.contents(peace.vault))
        #expect(try test.vault.verify() == peace.vault.verify())
        #expect(test.vault.credentialCount == peace.vault.credentialCount)
        #expect(try test.vault.profiles().map(\.count) == peace.vault.profiles().map(\.count))
    }

    private static func write(_ vault: Vault, _ verb: UInt64, _ number: Int, _ step: Int) throws {
        let profile = number % 4 == 0 ? "prod" : "default"
        let (p, n) = (try ProfileName(profile), try name("n\(number)"))
        do {
            switch verb {
            case 0, 1: try vault.put("n\(number)", [("api-key", "w\(step)")], profile: profile)
            case 2: try vault.remove(p, n)
            case 3:
                let oldest = try vault.history(p, n).last
                _ = try vault.restore(p, n, revision: oldest?.revision ?? 0, note: RekeyVault.note)
            case 4:
                let to = try ProfileName("copy\(step)")
                _ = try vault.copyProfile(p, to: to, note: RekeyVault.note)
                _ = try vault.removeProfile(to)
            default:
                let items = try [number, number + 1].map {
                    PutItem(profile: p, name: try name("n\($0)"), platform: "kumo", secrets: [try FieldName("k")])
                }
                try vault.put(items, secrets: segments(["a\(step)", "b\(step)"]), note: RekeyVault.note)
            }
        } catch VaultError.notFound {}
    }

    /// Everything but the numbers of revisions, which the commits of the job push on.
    private static func contents(_ vault: Vault) throws -> [String] {
        var all: [String] = []
        for overview in try vault.list(nil) {
            let (profile, name) = (overview.profile.description, overview.name.description)
            let history = try vault.history(overview.profile, overview.name).map { "\($0.who) \($0.why)" }
            let secrets = try vault.secrets(name, profile: profile)
            all.append("\(profile)/\(name) \(secrets) \(history) \(overview.note ?? "")")
        }
        return all
    }
}

/// A seeded generator, so that a failure comes again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
