import KistCrypto
import KistModel
import KistProtocol
import SecretMemory
import Testing

@testable import KistCLI

@Suite struct ResealingTests {
    private let now = Timestamp(seconds: 1_800_000_000)
    private let first = Identity.make().recipient.description
    private let second = Identity.make().recipient.description

    private func overview(_ name: String, _ bundles: [BundleNote]) throws -> Overview {
        Overview(profile: .default, name: try CredentialName(name), platform: "kumo", bundles: bundles)
    }

    private func note(_ label: String, _ recipient: String, _ days: Int64?, isStale: Bool = false) -> BundleNote {
        let sealed = Timestamp(seconds: 1_700_000_000)
        return BundleNote(
            label: label, recipient: recipient, sealed: sealed,
            expiry: days.map { .at(Timestamp(seconds: sealed.seconds + $0 * 86_400)) } ?? .never, isStale: isStale)
    }

    @Test func itIsTheSameBundleForAsLongAgain() throws {
        let path = try BundlePath("/tmp/ci.kist")
        let overviews = [
            try overview("a", [note(path.label, first, 90), note(path.label, second, 90), note("/x.kist", first, 1)]),
            try overview("b", [note("/x.kist", first, 1)]), try overview("c", [note(path.label, first, 90)]),
        ]
        let plan = try #require(try Resealing.plan(path.label, path, overviews, nil, now))
        #expect(plan.items.map(\.name.description) == ["a", "c"])
        #expect(plan.recipients.map(\.description) == [first, second])
        #expect(plan.expiry == .at(Timestamp(seconds: now.seconds + 90 * 86_400)))
        let shorter = try #require(try Resealing.plan(path.label, path, overviews, "2d", now))
        #expect(shorter.expiry == .at(Timestamp(seconds: now.seconds + 2 * 86_400)))
        #expect(try Resealing.plan("/none.kist", path, overviews, nil, now) == nil)
        let forever = [try overview("a", [note(path.label, first, nil)])]
        #expect(try Resealing.plan(path.label, path, forever, nil, now)?.expiry == .never)
    }

    @Test func onlyStaleBundlesAreMadeAgain() throws {
        let overviews = [
            try overview("a", [note("/b.kist", first, 1, isStale: true), note("/c.kist", first, 1)]),
            try overview("b", [note("/b.kist", first, 1), note("/a.kist", first, 1, isStale: true)]),
        ]
        #expect(Resealing.stale(overviews) == ["/a.kist", "/b.kist"])
    }

    @Test func labelsFitWhateverThePathIs() {
        #expect(BundlePath.label("/srv/churn/ci.kist") == "/srv/churn/ci.kist")
        #expect(BundlePath.label("/a\u{1B}[2Jb\nc") == "/a?[2Jb?c")
        for count in 120...140 {
            let label = BundlePath.label("/" + String(repeating: "é", count: count))
            #expect(label.utf8.count <= BundleNote.longestLabel)
            #expect(label.hasSuffix("é"))
        }
    }

    @Test func recipientsAreReadFromTextAndIdentitiesAreRefused() throws {
        #expect(try RecipientReading.read(first).description == first)
        #expect(throws: Failure.self) { try RecipientReading.read(String(first.dropLast())) }
        let identity = Identity.make().encode().withBytes { String(decoding: $0, as: UTF8.self) }
        do {
            _ = try RecipientReading.read(identity)
            Issue.record("an identity was taken for a recipient")
        } catch {
            let said = ([error.message] + error.advice).joined()
            #expect(!said.contains(identity.dropFirst(20).prefix(8)))
        }
    }
}
