import KistBundle
import KistClient
import KistCrypto
import KistModel
import KistProtocol
import SecretMemory
import Testing

@testable import KistCLI

/// A bundle keeps the agent's rules, though no agent is there.
@Suite struct BundleReadingTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func bundle(_ policy: Policy = .allow, expiry: Expiry = .never) throws -> OpenedBundle {
        let vault = BoxKeyPair(seed: SecretBytes(copyingExposed: [UInt8](repeating: 1, count: 32)))
        let key = try #require(VaultKey(publicKey: vault.publicKey))
        let file = IdentityFile(identity: Identity.make(), trusted: [key])
        let overview = Overview(
            profile: .default, name: try CredentialName("kumo"), platform: "kumo",
            plain: [PlainField(name: try FieldName("url"), value: "https://demo.kumoai.cloud/api")],
            secrets: [try FieldName("api_key"), try FieldName("other")], expiry: expiry,
            created: Timestamp(seconds: 1), modified: Timestamp(seconds: 2), revision: 3, policy: policy)
        let secrets = SecretSegments(bytes: SecretBytes(copyingExposed: Array("keyother".utf8)), lengths: [3, 5])
        let bytes = try SealedBundle.seal(
            [overview], secrets, for: [file.identity.recipient], from: vault,
            vaultID: [UInt8](repeating: 2, count: 16), expiry: .never, now: now)
        return try OpenedBundle(bytes, with: file, now: now)
    }

    private func reveal(
        _ bundle: borrowing OpenedBundle, _ purpose: RevealRequest.Purpose, _ fields: [String]? = nil,
        name: String = "kumo", allowExpired: Bool = false
    ) throws -> [String] {
        var names: [FieldName]?
        if let fields { names = try fields.map { try FieldName($0) } }
        let want = Want(profile: .default, name: try CredentialName(name), fields: names)
        let reply = try BundleReading.reveal(
            bundle, RevealRequest(wants: [want], purpose: purpose, allowExpired: allowExpired), now: now)
        return (0..<reply.segments.count).map { index in
            reply.segments.withSegment(index) { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func itAnswersAsTheAgentDoes() throws {
        let bundle = try bundle()
        let all = try reveal(bundle, .get)
        let some = try reveal(bundle, .get, ["other", "url"])
        #expect(all == ["key", "other"])
        // Plain fields are in the overview, and have no segment.
        #expect(some == ["other"])
        do {
            _ = try reveal(bundle, .get, ["none"])
            Issue.record("a field that is not there")
        } catch let failure as Failure { #expect(failure.code == ExitCode.notFound) }
        do {
            _ = try reveal(bundle, .get, name: "none")
            Issue.record("a credential that is not there")
        } catch let failure as Failure { #expect(failure.code == ExitCode.notFound) }
    }

    @Test(arguments: RevealRequest.Purpose.allCases)
    func whatIsRunOnlyLeavesABundleForProgramsOnly(_ purpose: RevealRequest.Purpose) throws {
        let bundle = try bundle(.runOnly)
        let answer = try? reveal(bundle, purpose)
        #expect((answer != nil) == [.run, .check, .curl, .provider, .proxy].contains(purpose))
    }

    @Test func whatHasExpiredIsRefusedUnlessItIsAskedFor() throws {
        let bundle = try bundle(expiry: .at(now))
        let refused = try? reveal(bundle, .run)
        let wanted = try? reveal(bundle, .run, allowExpired: true)
        #expect(refused == nil)
        #expect(wanted == ["key", "other"])
    }
}
