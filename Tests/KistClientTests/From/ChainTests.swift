import Synchronization
import Testing

@testable import KistClient

/// A source that says what it was told to, and counts.
final class Told: CredentialProvider {
    let sourceName: String
    private let outcome: Result<Credential?, CredentialError>
    private let count = Mutex(0)

    init(_ name: String, _ outcome: Result<Credential?, CredentialError> = .success(nil)) {
        sourceName = name
        self.outcome = outcome
    }

    var asked: Int { count.withLock { $0 } }

    func credential(for request: CredentialRequest) async throws(CredentialError) -> Credential? {
        count.withLock { $0 += 1 }
        return try outcome.get()
    }
}

@Suite struct ChainTests {
    private static let kumo = Credential("kumo", fields: [.secret("api_key", "demo:x")])

    @Test func notHereGoesOnAndFoundEnds() async throws {
        let (first, second, third) = (Told("one"), Told("two", .success(Self.kumo)), Told("three"))
        let found = try await ChainSource([first, second, third]).credential(for: "kumo")
        #expect(found === Self.kumo)
        #expect([first.asked, second.asked, third.asked] == [1, 1, 0])
    }

    @Test func failedStopsAndSaysWhoWasAsked() async {
        let locked = CredentialError(.locked, source: "two", "the vault is locked")
        let (first, second, third) = (Told("one"), Told("two", .failure(locked)), Told("three", .success(Self.kumo)))
        await #expect {
            try await ChainSource([first, second, third]).require("kumo")
        } throws: { error in
            "\(error)" == "two: the vault is locked (not in: one)"
        }
        #expect(third.asked == 0)
    }

    @Test func thatNobodyHasItNamesEverybody() async {
        await #expect {
            try await ChainSource([Told("one"), Told("two")]).require("kumo")
        } throws: { error in
            (error as? CredentialError)?.reason == .notFound && "\(error)" == "one, two: there is no credential kumo"
        }
    }

    /// A key that was typed in the place of a name.
    @Test func whatIsNoNameIsNotRepeated() async {
        await #expect {
            try await ChainSource([Told("one")]).require(CredentialRequest("demo:canary key"))
        } throws: { error in
            (error as? CredentialError)?.reason == .invalid && !"\(error)".contains("canary")
        }
    }

    @Test func leadingDotsWork() async throws {
        let own = Self.kumo
        let provider: some CredentialProvider = .chain(.static(), .chain(.static(own), .environment))
        #expect(try await provider.require("kumo") === own)
        func take(_ provider: some CredentialProvider) async throws -> Credential {
            try await provider.require(CredentialRequest("kumo", profile: "default"))
        }
        #expect(try await take(.refreshing(.static(own))) === own)
        #expect(try await ChainSource([]).credential(for: "kumo") == nil)
    }

    @Test func aStaticSourceKeepsProfilesApart() async throws {
        let prod = Credential("kumo", profile: "prod", fields: [])
        let source = StaticSource([prod, Self.kumo])
        #expect(try await source.credential(for: CredentialRequest("kumo", profile: "default")) === Self.kumo)
        #expect(try await source.credential(for: CredentialRequest("kumo", profile: "test")) == nil)
        #expect(try await source.credential(for: "kumo") === prod)
    }
}
