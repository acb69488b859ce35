import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

/// One credential to be written, put together from a foreign file, and what is known of it.
struct ImportItem {
    struct Origin {
        let field: String
        let isSecret: Bool
        let from: String
    }

    enum Fate: Equatable {
        /// Nothing of that name is there.
        case new
        /// The same is there: nothing to do.
        case same
        /// Something else is there, at this revision.
        case differs(UInt64)
    }

    var item: PutItem
    var origins: [Origin]
    /// Where its secrets begin among those of all items, and their lengths.
    var segments: Range<Int>
    var fate = Fate.new
}

/// All items of an import, and their secrets.
struct ImportItems: ~Copyable {
    var items: [ImportItem] = []
    var row = SecretBuffer(capacity: 4_096)
    var lengths: [Int] = []
    var problems: [String] = []
    var stillThere = StillThere()
    private var taken: Set<String> = []

    /// Adds what a completed draft says.
    mutating func add(
        _ draft: borrowing CredentialDraft, _ completion: Completion, profile: ProfileName, name: CredentialName,
        expiry: Expiry?, note: String?, policy: Policy? = nil, origins: [ImportItem.Origin]
    ) throws(Failure) {
        let names = draft.secrets.names
        let segments = draft.secrets.segments(in: names)
        let start = lengths.count
        row.append(segments.bytes)
        lengths += segments.lengths
        let stated = Completing.expiry(draft.platform, draft.variant, completion)
        let item = PutItem(
            profile: profile, name: name, platform: draft.platform.name, variant: draft.variant,
            plain: try Completing.plain(completion), secrets: names, expiry: expiry ?? stated ?? .never, note: note,
            policy: policy, ifRevision: 0)
        taken.insert("\(profile)/\(name)")
        items.append(ImportItem(item: item, origins: origins, segments: start..<lengths.count))
    }

    /// A name that no item of this import has yet: the wanted one, or the first free `…-2`, `…-3`.
    func free(_ wanted: String, in profile: ProfileName) -> CredentialName? {
        for number in 1...Foreign.mostEntries {
            let name = number == 1 ? wanted : "\(wanted)-\(number)"
            if !taken.contains("\(profile)/\(name)") { return try? CredentialName(name) }
        }
        return nil
    }

    /// The secrets of the items for which `isWanted`, in order.
    borrowing func segments(of wanted: [ImportItem]) -> SecretSegments {
        var chosen = SecretBuffer(capacity: row.count + 16)
        var counts: [Int] = []
        var starts: [Int] = [0]
        for length in lengths { starts.append(starts[starts.count - 1] + length) }
        for item in wanted {
            row.withBytes { bytes in
                chosen.append(
                    UnsafeRawBufferPointer(
                        rebasing: bytes[starts[item.segments.lowerBound]..<starts[item.segments.upperBound]]))
            }
            counts += lengths[item.segments]
        }
        return SecretSegments(bytes: chosen.finish(), lengths: counts)
    }
}
