import KistModel
import KistProtocol
import Testing

@testable import KistConnection

struct PutPartsTests {
    private func request(_ count: Int, plain: Int = 10) throws -> PutRequest {
        let items = try (0..<count).map { index in
            PutItem(
                profile: .default, name: try CredentialName("c\(index)"), platform: "fields",
                plain: [PlainField(name: try FieldName("p"), value: String(repeating: "\n", count: plain))],
                secrets: [try FieldName("a"), try FieldName("b")])
        }
        return PutRequest(items: items, requestID: "r", why: "import")
    }

    @Test(arguments: [(1, 10, 100), (5_000, 10, 10), (40, 20_000, 10), (30, 10, 700_000)])
    func partsFitAndAreTogetherTheWhole(_ count: Int, _ plain: Int, _ secret: Int) throws {
        let whole = try request(count, plain: plain)
        let lengths = Array(repeating: secret, count: count * 2)
        let parts = try PutParts.divide(whole, lengths: lengths)
        #expect(parts.flatMap(\.items) == whole.items)
        #expect(parts.map(\.hasMore) == Array(repeating: true, count: parts.count - 1) + [false])
        for part in parts {
            let header = Request(id: .max, method: .put, params: part.json).json.encoded.count
            let segments = Array(repeating: secret, count: part.items.count * 2)
            #expect(throws: Never.self) { try FrameLayout(header: header, segments: segments) }
        }
    }

    @Test func anEmptyBatchIsOneFrame() throws {
        #expect(try PutParts.divide(try request(0), lengths: []).count == 1)
    }

    @Test func secretsThatBelongToNobody() throws {
        let one = try request(1)
        #expect(throws: ClientError.self) { try PutParts.divide(one, lengths: [1]) }
    }
}
