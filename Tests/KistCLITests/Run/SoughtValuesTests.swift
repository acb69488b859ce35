import KistClient
import KistMasking
import KistModel
import KistProtocol
import SecretMemory
import Testing

@testable import KistCLI

/// What a mask looks for while the credentials of a program change under it.
@Suite struct SoughtValuesTests {
    /// The answer of an agent: credentials with their fields.
    private static func reply(_ credentials: [(name: String, fields: [(String, String)])]) throws -> RevealReply {
        var buffer = SecretBuffer()
        var lengths: [Int] = []
        var items: [RevealedItem] = []
        for credential in credentials {
            var item = RevealedItem(
                overview: Overview(
                    profile: try ProfileName("default"), name: try CredentialName(credential.name), platform: "fields"),
                fields: [])
            for (field, value) in credential.fields {
                item.fields.append(.init(name: try FieldName(field), segment: lengths.count))
                buffer.append(value)
                lengths.append(value.utf8.count)
            }
            items.append(item)
        }
        return RevealReply(items: items, segments: SecretSegments(bytes: buffer.finish(), lengths: lengths))
    }

    private static func shown(_ text: String, _ sought: borrowing SoughtValues) -> String {
        let masked = sought.mask()
        var mask = Mask(masked.patterns, labels: masked.labels)
        var output: [UInt8] = []
        Array(text.utf8).withUnsafeBytes { mask.feed($0, into: &output) }
        mask.finish(into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func aHundredChangesTakeNoMoreRoomThanTheLastFew() throws {
        var sought = SoughtValues()
        var counts: [Int] = []
        for number in 0...100 {
            sought.add(
                try Self.reply([("db", [("token", "\(1_000 + number)-is-the-token"), ("user", "always-the-same")])]))
            counts.append(sought.mask().patterns.count)
            // The newest, the one before, and what lies in the program's environment are masked after each change.
            let texts = [number, max(0, number - 1), 0].map { "\(1_000 + $0)-is-the-token" } + ["always-the-same"]
            #expect(Self.shown(texts.joined(separator: " "), sought) == "‹db.token› ‹db.token› ‹db.token› ‹db.user›")
        }
        let settled = counts[SoughtValues.generations + 1]
        #expect(counts.dropFirst(SoughtValues.generations).allSatisfy { $0 == settled }, "\(counts)")
        let former = 101 - SoughtValues.generations
        #expect(Self.shown("\(1_000 + former)-is-the-token", sought) == "‹db.token›")
        #expect(Self.shown("\(999 + former)-is-the-token", sought) == "\(999 + former)-is-the-token")
    }

    @Test func aValueThatIsThereIsNotAddedAgain() throws {
        var sought = SoughtValues()
        let (one, two) = ([("token", "token-of-before")], [("token", "token-of-later")])
        sought.add(try Self.reply([("db", one)]))
        sought.add(try Self.reply([("db", two)]))
        let count = sought.mask().patterns.count
        // It goes back and forth, and what counts is when it was there last.
        for _ in 0..<50 {
            sought.add(try Self.reply([("db", one)]))
            sought.add(try Self.reply([("db", two)]))
            #expect(sought.mask().patterns.count == count)
        }
        #expect(Self.shown("token-of-before token-of-later", sought) == "‹db.token› ‹db.token›")
    }

    @Test func longValuesPushOutTheOnesBeforeButNeverTheNewest() throws {
        var sought = SoughtValues()
        func long(_ number: Int) -> String { String((0..<6_000).map { "\(($0 * 7 + number * $0 / 3) % 10)" }.joined()) }
        for number in 0...20 { sought.add(try Self.reply([("db", [("token", long(number))])])) }
        var few = SoughtValues()
        for number in [0, 19, 20] { few.add(try Self.reply([("db", [("token", long(number))])])) }
        #expect(sought.mask().patterns.count == few.mask().patterns.count)
        #expect(Self.shown("\(long(20)) \(long(19)) \(long(0))", sought) == "‹db.token› ‹db.token› ‹db.token›")
    }

    @Test func oneCredentialsChangesLeaveTheOthersAlone() throws {
        var sought = SoughtValues()
        sought.add(try Self.reply([("db", [("token", "token-of-db")]), ("other", [("key", "key-of-before")])]))
        sought.add(try Self.reply([("other", [("key", "key-of-now")])]))
        for number in 0..<100 { sought.add(try Self.reply([("db", [("token", "another-token-\(number)")])])) }
        #expect(
            Self.shown("token-of-db key-of-before key-of-now another-token-99", sought)
                == "‹db.token› ‹other.key› ‹other.key› ‹db.token›")
    }
}
