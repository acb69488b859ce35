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

    /// Until when it must be whole.
    let end: Int64
    /// JSON of its items as it came.
    private(set) var headerBytes = 0

    init(id: Int64, requestID: String, why: String, end: Int64) {
        self.end = end
        self.id = id
        self.requestID = requestID
        self.why = why
    }

    var bytes: Int { secrets.count }

    /// - Parameter header: bytes of the frame's header.
    func append(_ part: PutRequest, header: Int, _ segments: borrowing SecretSegments) {
        items.append(contentsOf: part.items)
        headerBytes += header
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
