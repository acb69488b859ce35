internal import KistCrypto
internal import KistModel
internal import SecretMemory

/// The answers to the latest writes, so that a repeated request is answered and not done twice.
///
/// An answer belongs to an id and to what was to be written: the same id with something else is a mistake, and to answer
/// it would say that it was written.
struct AnsweredRequests: ~Copyable {
    private struct Answer {
        let revision: UInt64
        let content: [UInt8]
    }

    private var answers: [String: Answer] = [:]
    private var order: [String] = []
    /// For this span only: what is kept of the contents says nothing to who does not have it.
    private let key = SecretBytes.makeRandom(count: 32)

    static let most = 256

    /// - Parameter content: from `digest`.
    /// - Throws: `.invalid` for an id that was answered for another content.
    func revision(_ id: String, _ content: [UInt8]) throws(VaultError) -> UInt64? {
        guard let answer = answers[id] else { return nil }
        guard ConstantTime.areEqual(answer.content, content) else {
            throw .invalid("requestID (it was used for another content)")
        }
        return answer.revision
    }

    mutating func note(_ id: String, _ content: [UInt8], _ revision: UInt64) {
        if answers.updateValue(Answer(revision: revision, content: content), forKey: id) == nil { order.append(id) }
        if order.count > Self.most { answers[order.removeFirst()] = nil }
    }

    /// What is to be written, in 32 bytes.
    func digest(_ items: [PutItem], _ secrets: borrowing SecretSegments) -> [UInt8] {
        var writer = ByteWriter(capacity: 256 * items.count)
        for item in items {
            writer.text32(item.profile.description)
            writer.text32(item.name.description)
            writer.text32(item.platform)
            writer.text32(item.variant ?? "")
            writer.text32(item.note ?? "")
            writer.text32(item.policy?.rawValue ?? "")
            if case .at(let end) = item.expiry { writer.text32("\(end.seconds)") } else { writer.text32("") }
            writer.text32(item.ifRevision.map { "\($0)" } ?? "")
            writer.number(UInt8((item.variant == nil ? 1 : 0) | (item.note == nil ? 2 : 0)))
            writer.number(UInt32(item.plain.count))
            for field in item.plain {
                writer.text32(field.name.description)
                writer.text32(field.value)
            }
            writer.number(UInt32(item.secrets.count))
            for name in item.secrets { writer.text32(name.description) }
        }
        for length in secrets.lengths { writer.number(UInt32(length)) }
        writer.raw(secrets.bytes.withBytes { Blake2b.tag(key, $0, count: 32) })
        return writer.bytes.withUnsafeBytes { Blake2b.tag(key, $0, count: 32) }
    }
}
