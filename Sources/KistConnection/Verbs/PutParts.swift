internal import KistProtocol

/// Divides a batch into frames that fit the protocol's limits.
enum PutParts {
    /// Bytes of header and of segments that one frame is filled to.
    private static let headerRoom = FrameLayout.largestHeader - 512
    private static let segmentRoom = 4 << 20

    /// - Parameter lengths: of all secrets of all items, in order.
    static func divide(_ request: PutRequest, lengths: [Int]) throws(ClientError) -> [PutRequest] {
        guard lengths.count == request.items.reduce(0, { $0 + $1.secrets.count }) else {
            throw .broken("a batch with \(lengths.count) secrets for other fields")
        }
        var parts: [PutRequest] = []
        var items: [PutItem] = []
        var (header, segments, count, next) = (request.why.utf8.count * 6, 0, 0, 0)
        func finish() {
            parts.append(PutRequest(items: items, requestID: request.requestID, why: request.why, hasMore: true))
        }
        for item in request.items {
            let bytes = item.json.encoded.count + 1
            let secret = lengths[next..<next + item.secrets.count].reduce(0, +)
            next += item.secrets.count
            if !items.isEmpty,
                header + bytes > headerRoom || segments + secret > segmentRoom
                    || count + item.secrets.count > FrameLayout.mostSegments
            {
                finish()
                items = []
                (header, segments, count) = (request.why.utf8.count * 6, 0, 0)
            }
            items.append(item)
            header += bytes
            segments += secret
            count += item.secrets.count
        }
        finish()
        parts[parts.count - 1].hasMore = false
        return parts
    }
}
