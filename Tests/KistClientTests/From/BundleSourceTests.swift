import Glibc
import KistBundle
import KistCrypto
import KistModel
import KistPosix
import KistTestKit
import SecretMemory
import Testing

@testable import KistClient

/// `.bundle`: what a machine without a vault gets.
@Suite struct BundleSourceTests {
    private let folder = TemporaryFolder()
    private var bundle: String { folder.path + "/ci.kist" }
    private var identity: String { folder.path + "/ci.identity" }

    private static func pair() -> BoxKeyPair {
        BoxKeyPair(seed: SecretBytes(copyingExposed: [UInt8](repeating: 100, count: 32)))
    }

    private static func machine(_ byte: UInt8 = 1) -> Identity {
        Identity(seed: SecretBytes(copyingExposed: [UInt8](repeating: byte, count: 32)))
    }

    /// Seals one credential and writes both files.
    private func make(
        _ value: String = "demo:s3cr3t", expiresIn seconds: Int64? = nil, bundleEndsIn end: Int64 = 3_600,
        sealedAgo: Int64 = 0, for machine: UInt8 = 1, mode: UInt32 = 0o600
    ) throws {
        let now = Timestamp(seconds: WallClock.seconds - sealedAgo)
        let kumo = Overview(
            profile: .default, name: try CredentialName("kumo"), platform: "kumo",
            plain: [PlainField(name: try FieldName("url"), value: "https://demo.kumoai.cloud/api")],
            secrets: [try FieldName("api_key")],
            expiry: seconds.map { .at(Timestamp(seconds: now.seconds + $0)) } ?? .never, created: now, modified: now,
            revision: 5, policy: .runOnly)
        let file = try SealedBundle.seal(
            [kumo], SecretSegments(SecretBytes(copyingExposed: Array(value.utf8))),
            for: [Self.machine(machine).recipient], from: Self.pair(), vaultID: [UInt8](repeating: 7, count: 16),
            expiry: .at(Timestamp(seconds: now.seconds + end)), now: now)
        try File.replace(bundle, with: file, mode: 0o644)
        let key = try #require(VaultKey(publicKey: Self.pair().publicKey))
        let text = IdentityFile(identity: Self.machine(), trusted: [key]).encode(comment: "test")
        try File.replace(identity, with: text.withBytes { Array($0) }, mode: mode)
    }

    private func reason(_ source: BundleSource) async -> CredentialError.Reason? {
        do throws(CredentialError) {
            _ = try await source.credential(for: "kumo")
            return nil
        } catch { return error.reason }
    }

    @Test func itGivesWhatWasSealed() async throws {
        try make()
        let source: some CredentialProvider = .bundle(bundle, identity: identity, profile: "default")
        let kumo = try await source.require("kumo")
        #expect(kumo.secret("api_key")?.reveal() == "demo:s3cr3t")
        #expect(kumo.plain("url") == "https://demo.kumoai.cloud/api")
        #expect(try await source.credential(for: "other") == nil)
        #expect(try await source.credential(for: CredentialRequest("kumo", profile: "prod")) == nil)
    }

    @Test func aReplacedBundleIsOpenedAnew() async throws {
        try make("demo:old")
        let source = BundleSource(bundle, identity: identity, profile: "default")
        #expect(try await source.require("kumo").main?.reveal() == "demo:old")
        try make("demo:new")
        #expect(try await source.require("kumo").main?.reveal() == "demo:new")
    }

    @Test func whatHasExpiredIsNotGiven() async throws {
        try make(expiresIn: 10, sealedAgo: 20)
        #expect(await reason(BundleSource(bundle, identity: identity)) == .expired)
        try make(bundleEndsIn: 10, sealedAgo: 20)
        #expect(await reason(BundleSource(bundle, identity: identity)) == .expired)
    }

    @Test func nothingIsTakenOnTrust() async throws {
        try make(for: 2)
        #expect(await reason(BundleSource(bundle, identity: identity)) == .unavailable)
        try make()
        var bytes = try File.read(bundle, most: 1 << 20)
        bytes[bytes.count / 2] ^= 1
        try File.replace(bundle, with: bytes)
        #expect(await reason(BundleSource(bundle, identity: identity)) == .damaged)
        try make(mode: 0o640)
        #expect(await reason(BundleSource(bundle, identity: identity)) == .unsafePlace)
        try make()
        try File.replace(identity, with: Array("kist-identity-nonsense\n".utf8))
        #expect(await reason(BundleSource(bundle, identity: identity)) == .damaged)
        #expect(await reason(BundleSource(bundle, identity: folder.path + "/none")) == .unavailable)
        #expect(await reason(BundleSource(folder.path + "/none", identity: identity)) == .unavailable)
    }

    /// Whoever opens one waits for somebody to write.
    @Test func aPipeInItsPlaceHoldsNobody() async throws {
        try make()
        try Folder.removeFile(bundle)
        #expect(mkfifo(bundle, 0o600) == 0)
        #expect(await reason(.bundle(bundle, identity: identity)) == .unsafePlace)
    }

    /// `KIST_BUNDLE` is not set where tests run.
    @Test func withoutABundleThereIsNothing() async throws {
        #expect(try await BundleSource().credential(for: "kumo") == nil)
    }
}
