/// The answers to the latest writes, so that a repeated request is answered and not done twice.
struct AnsweredRequests {
    private var revisions: [String: UInt64] = [:]
    private var order: [String] = []

    static let most = 256

    subscript(id: String) -> UInt64? { revisions[id] }

    mutating func note(_ id: String, _ revision: UInt64) {
        if revisions.updateValue(revision, forKey: id) == nil { order.append(id) }
        if order.count > Self.most { revisions[order.removeFirst()] = nil }
    }
}
