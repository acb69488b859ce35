import KistCrypto
import KistModel
import KistProtocol

/// What the vault's overviews say about bundles that were made before.
enum Resealing {
    /// The labels of bundles that hold something older than the vault, in order.
    static func stale(_ overviews: [Overview]) -> [String] {
        Set(overviews.flatMap(\.bundles).filter(\.isStale).map(\.label)).sorted()
    }

    /// The same credentials for the same recipients, good for as long again.
    ///
    /// - Returns: `nil` when no credential was sealed under that label.
    static func plan(
        _ label: String, _ path: BundlePath, _ overviews: [Overview], _ expires: String?, _ now: Timestamp
    ) throws(Failure) -> Seal.Plan? {
        let inside = overviews.filter { $0.bundles.contains { $0.label == label } }
        guard !inside.isEmpty else { return nil }
        let notes = inside.flatMap(\.bundles).filter { $0.label == label }
        var recipients: [Recipient] = []
        for note in notes {
            guard let recipient = Recipient(note.recipient) else {
                throw Failure("a recipient cannot be used any more")
            }
            if !recipients.contains(recipient) { recipients.append(recipient) }
        }
        let expiry = try expires.map { (text) throws(Failure) in try Read.expiry(text, now: now) } ?? again(notes, now)
        return Seal.Plan(
            items: inside.map { .init(profile: $0.profile, name: $0.name) }, recipients: recipients, path: path,
            expiry: expiry)
    }

    /// As long from now as the newest was good for.
    private static func again(_ notes: [BundleNote], _ now: Timestamp) -> Expiry {
        guard let newest = notes.max(by: { $0.sealed < $1.sealed }), case .at(let end) = newest.expiry else {
            return .never
        }
        let (later, over) = now.seconds.addingReportingOverflow(max(1, end.seconds - newest.sealed.seconds))
        return .at(Timestamp(seconds: over ? Timestamp.writable.upperBound : min(later, Timestamp.writable.upperBound)))
    }
}
