package import KistModel
internal import SecretMemory

/// When each credential was handed out last, as far as the log that is kept goes back.
struct LastUses {
    struct Key: Hashable {
        let profile: ProfileName
        let name: CredentialName
    }

    private var moments: [Key: Timestamp] = [:]

    subscript(_ profile: ProfileName, _ name: CredentialName) -> Timestamp? {
        moments[Key(profile: profile, name: name)]
    }

    /// The newest entry counts, whatever the clock said.
    mutating func note(_ entry: AuditEntry) {
        for target in entry.targets {
            guard let name = target.name else { continue }
            moments[Key(profile: target.profile, name: name)] = entry.when
        }
    }

    /// Takes over what a later segment has not named.
    mutating func merge(earlier: LastUses) {
        moments.merge(earlier.moments) { later, _ in later }
    }
}

extension AuditLog {
    /// Entries that are looked at: of one segment, which has no more when it is the agent's own, and about twice as many
    /// of all.
    private static let mostForUses = 50_000

    /// The last time a secret of this credential was handed out; `nil` when the log does not know.
    package func lastUse(_ profile: ProfileName, _ name: CredentialName) -> Timestamp? {
        if uses == nil { uses = (try? readUses()) ?? LastUses() }
        return uses?[profile, name]
    }

    /// Newest segment first; entries within one in order.
    private func readUses() throws(AuditStoreError) -> LastUses {
        var all = LastUses()
        var count = 0
        for number in try numbers().reversed() where count < Self.mostForUses {
            guard let opened = try opened(number) else { continue }
            var uses = LastUses()
            var previous = opened.segment.previous
            var reader = AuditReader(store, place(number), to: opened.end)
            var here = 0
            while here < Self.mostForUses, case .entry(let frame) = try reader.next() {
                if let entry = frame.open(previous: previous, opened.seal), entry.isUse { uses.note(entry) }
                previous = frame.tag
                here += 1
            }
            count += here
            all.merge(earlier: uses)
        }
        return all
    }
}
