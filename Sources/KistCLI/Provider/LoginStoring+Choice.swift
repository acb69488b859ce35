internal import KistClient
internal import KistLogins
internal import KistModel
internal import KistPlatforms
internal import KistProtocol
internal import SecretMemory

/// Which credential a login belongs to that a tool found good.
extension LoginStoring {
    enum Choice {
        /// It is there, and is offered.
        case nothing
        case change(HostSearch.Found)
        case create
    }

    /// - Parameter known: what fits place and user, the best first, also what is not offered there any more.
    func choose(_ known: [HostSearch.Found], _ session: Session) throws(Failure) -> Choice {
        // Of a single one the vault itself sees that it is the same.
        if known.count == 1, mayChange(known[0]) { return .change(known[0]) }
        // The tool tells whatever was good, so mostly a value that it has from here: it must not go into a credential beside.
        let holding = try holding(known, session)
        if let found = holding.first(where: { isOffered($0, session) }) {
            return saysMore && mayChange(found) ? .change(found) : .nothing
        }
        if let found = holding.first(where: { mayChange($0) }) { return .change(found) }
        let mine = known.filter { mayChange($0) }
        let offered = mine.filter { isOffered($0, session) }
        let few = offered.isEmpty ? mine : offered
        let chosen = few.count == 1 ? few.first : few.first { isOfUser($0) }
        return chosen.map { .change($0) } ?? .create
    }

    /// The one field that is the password.
    func field(_ found: HostSearch.Found) -> String? {
        guard let form = GitLogin.form(found.platform, found.overview), form.password.parts.count == 1,
            form.password.fields.count == 1
        else { return nil }
        return form.password.fields.first
    }

    private func mayChange(_ found: HostSearch.Found) -> Bool {
        found.match == .exact && changes(found.platform) && field(found) != nil
    }

    private func isOffered(_ found: HostSearch.Found, _ session: Session) -> Bool {
        !found.overview.expiry.isPast(at: session.now) && !found.overview.rejections.contains { $0.host == query.text }
    }

    private func isOfUser(_ found: HostSearch.Found) -> Bool {
        guard GitLogin.authtype(found.overview) == nil else {
            return (found.overview.plainText("username") ?? "") == username
        }
        let form = GitLogin.form(found.platform, found.overview)
        return form?.user.text(name: found.overview.name.description, plain: found.overview.plainText) == username
    }

    /// Those that have this very value. Nobody is asked for a comparison.
    private func holding(_ known: [HostSearch.Found], _ session: Session) throws(Failure) -> [HostSearch.Found] {
        var asked: [(found: HostSearch.Found, field: FieldName)] = []
        for found in known where found.overview.policy != .confirm {
            guard let name = field(found) else { continue }
            let field = try Read.field(name)
            if found.overview.secrets.contains(field) { asked.append((found, field)) }
        }
        guard !asked.isEmpty else { return [] }
        let wants = asked.map {
            Want(profile: $0.found.overview.profile, name: $0.found.overview.name, fields: [$0.field])
        }
        let reply = try session.reveal(
            RevealRequest(wants: wants, purpose: .scan, reason: "\(tool) \(query.text)", allowExpired: true))
        var holding: [HostSearch.Found] = []
        for (index, one) in asked.enumerated() {
            if let value = reply.value(index, one.field), value == password { holding.append(one.found) }
        }
        return holding
    }
}
