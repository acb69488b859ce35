import KistClient
import KistModel
import KistProtocol
import SecretMemory

/// Compares what is to be imported with what the vault holds under the same names.
enum Merge {
    static func judge(_ all: inout ImportItems, _ session: Session) throws(Failure) {
        let profiles = Set(all.items.map(\.item.profile))
        var there: [String: Overview] = [:]
        for profile in profiles {
            let list = try session.ask { (agent) throws(ClientError) in try agent.list(profile: profile) }
            for overview in list { there["\(profile)/\(overview.name)"] = overview }
        }
        for index in all.items.indices {
            let item = all.items[index].item
            guard let overview = there["\(item.profile)/\(item.name)"] else { continue }
            let isSame =
                overview.platform == item.platform && overview.variant == item.variant
                && (item.policy ?? overview.policy) == overview.policy && overview.plain == item.plain
                && Set(overview.secrets) == Set(item.secrets)
            let hasSame = isSame ? try hasSameSecrets(all.items[index], all, session) : false
            all.items[index].fate = hasSame ? .same : .differs(overview.revision)
            all.items[index].item.ifRevision = overview.revision
        }
    }

    private static func hasSameSecrets(
        _ item: ImportItem, _ all: borrowing ImportItems, _ session: Session
    ) throws(Failure) -> Bool {
        let own = all.segments(of: [item])
        let request = RevealRequest(
            wants: [Want(profile: item.item.profile, name: item.item.name)], purpose: .compare, reason: "import",
            allowExpired: true)
        // One that may not be looked at cannot be called the same.
        guard let reply = try? session.ask({ (agent) throws(ClientError) in try agent.reveal(request) }) else {
            return false
        }
        for (index, field) in item.item.secrets.enumerated() {
            guard let value = reply.value(0, field), value == own.segment(index) else { return false }
        }
        return true
    }
}
