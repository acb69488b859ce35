internal import KistModel
internal import SecretMemory

/// Values that follow from credentials for a while, in locked memory only; gone with the lock.
final class KeptValues {
    struct Key: Hashable {
        let profile: ProfileName
        let name: CredentialName
        let label: String
    }

    final class Entry {
        /// Of the credential: another revision is another credential.
        let revision: UInt64
        let expires: Timestamp
        let segments: SecretSegments

        init(revision: UInt64, expires: Timestamp, segments: consuming SecretSegments) {
            self.revision = revision
            self.expires = expires
            self.segments = segments
        }
    }

    /// How many are held; whoever comes then takes the place of the one that ends first.
    static let most = 64
    /// Seconds before the end from which they are not handed out any more: a program must have time to use them.
    static let margin: Int64 = 300

    private var entries: [Key: Entry] = [:]

    func keep(_ key: Key, _ entry: Entry, now: Timestamp) {
        entries = entries.filter { Self.isGood($0.value, now) }
        if entries[key] == nil, entries.count >= Self.most,
            let first = entries.min(by: { $0.value.expires < $1.value.expires })
        {
            entries[first.key] = nil
        }
        entries[key] = entry
    }

    func entry(_ key: Key, revision: UInt64, now: Timestamp) -> Entry? {
        guard let entry = entries[key], entry.revision == revision, Self.isGood(entry, now) else {
            entries[key] = nil
            return nil
        }
        return entry
    }

    func forget() { entries = [:] }

    private static func isGood(_ entry: Entry, _ now: Timestamp) -> Bool {
        entry.expires.seconds - margin > now.seconds
    }
}
