internal import KistProtocol
internal import SecretMemory

/// A `put` that comes in several frames, put together until its last one.
final class Batch {
    let id: Int64
    let requestID: String
    let why: String
    private(set) var items: [KistProtocol.PutItem] = []
    private var secrets = SecretBuffer(capacity: 4_096)
    private var lengths: [Int] = []

    init(id: Int64, requestID: String, why: String) {
        self.id = id
        self.requestID = requestID
        self.why = why
    }

    var bytes: Int { secrets.count }

    func append(_ part: PutRequest, _ segments: borrowing SecretSegments) {
        items.append(contentsOf: part.items)
        secrets.append(segments.bytes)
        lengths.append(contentsOf: segments.lengths)
    }

    /// All secrets in one row; the batch is empty afterwards.
    func takeSecrets() -> SecretSegments {
        var whole = SecretBuffer(capacity: 16)
        swap(&whole, &secrets)
        return SecretSegments(bytes: whole.finish(), lengths: lengths)
    }
}
