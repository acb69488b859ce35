internal import KistModel

/// What a person has agreed to: these revisions of these credentials, once.
struct Agreement {
    private struct Item: Hashable {
        let profile: ProfileName
        let name: CredentialName
        let revision: UInt64
    }

    private let items: Set<Item>

    static let none = Agreement([])
    var isNone: Bool { items.isEmpty }

    init(_ overviews: [Overview]) {
        items = Set(overviews.map { Item(profile: $0.profile, name: $0.name, revision: $0.revision) })
    }

    func covers(_ overview: Overview) -> Bool {
        items.contains(Item(profile: overview.profile, name: overview.name, revision: overview.revision))
    }
}
