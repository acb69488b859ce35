internal import KistClient
internal import KistLogins
internal import KistModel
internal import KistPlatforms
internal import KistProtocol
internal import SecretMemory

/// What a tool found out about a login: that it is good there, or that it was refused.
///
/// Nothing is lost by either: another value is a new revision, and a refusal is a note.
struct LoginStoring: ~Copyable {
    let query: HostQuery
    let username: String
    let password: SecretBytes
    /// The scheme of a header in whose place `password` stands.
    var authtype: String?
    var refreshToken: SecretBytes?
    /// `nil` when the tool does not say; versions of git before 2.40 never do.
    var expiry: Expiry?
    /// Platforms that a new credential may be of, the first that fits; `login` fits anything.
    var platforms: [String] = []
    /// For the history: "git".
    let tool: String
    /// The platforms whose credentials the tool may change. What is good for a host may be there for something else.
    let changes: (LoginPlatform) -> Bool

    init(
        query: HostQuery, username: String, password: consuming SecretBytes, tool: String,
        changes: @escaping (LoginPlatform) -> Bool
    ) {
        self.query = query
        self.username = username
        self.password = password
        self.tool = tool
        self.changes = changes
        refreshToken = nil
    }

    /// Makes or changes the credential of exactly this place and user. One whose host is another is never touched.
    func store(_ session: Session) throws(Failure) {
        let (wanted, user) = (authtype, username)
        let known = try HostSearch.find(query, session, isOffering: false) { platform, overview in
            guard (GitLogin.authtype(overview) == nil) == (wanted == nil) else { return false }
            return GitLogin.fits(platform, overview, user: wanted == nil ? user : nil, takesHeader: true)
        }
        switch try choose(known, session) {
        case .nothing: return
        case .change(let found): try change(found, try Read.field(field(found) ?? ""), session)
        case .create: try create(session)
        }
    }

    /// Whether the tool says more than a user name and a password.
    var saysMore: Bool {
        switch refreshToken {
        case .some: true
        case .none: expiry != nil
        }
    }

    // MARK: Changing

    private func change(_ found: HostSearch.Found, _ main: FieldName, _ session: Session) throws(Failure) {
        let before = found.overview
        let platform = try session.platform(of: before)
        let refresh = try Read.field(LoginValues.refreshField)
        let dates = Set(platform.fields(variant: before.variant).filter(\.isExpiry).map(\.name))
        let hasDate = before.expiry != .never || before.plain.contains { dates.contains($0.name.description) }
        let others = before.secrets.filter { $0 != main }
        var draft = SecretFields()
        draft.set(main, password)
        // An end, dates and a refresh token belong to the value that they came with: they stay with it, also when the tool has
        // not repeated them, and go with it. Nobody is asked for that alone.
        var isSame: Bool?
        if !others.isEmpty || hasDate && before.policy != .confirm {
            let want = Want(profile: before.profile, name: before.name, fields: before.secrets)
            let reply = try session.reveal(RevealRequest(wants: [want], purpose: .edit, allowExpired: true))
            var same = false
            if let value = reply.value(0, main) { same = value == password }
            for other in others where same || other != refresh {
                if let value = reply.value(0, other) { draft.set(other, value) }
            }
            isSame = same
        }
        switch refreshToken {
        case .some(let token): if allowsRefresh(platform) { draft.set(refresh, token) }
        case .none: break
        }
        let kept = isSame != false
        let added = draft.names.filter { !before.secrets.contains($0) }
        var item = PutItem(
            profile: before.profile, name: before.name, platform: before.platform, variant: before.variant,
            plain: plain(before), secrets: before.secrets.filter { draft.contains($0.description) } + added,
            expiry: expiry ?? (kept ? before.expiry : .never), note: before.note, ifRevision: before.revision)
        item.unlessSame = true
        if !kept || item.expiry != before.expiry { item.plain.removeAll { dates.contains($0.name.description) } }
        let revision = try put(item, draft, session)
        // Where it was not compared here the vault has: the value was another.
        guard isSame == nil, hasDate, revision != before.revision else { return }
        item.plain.removeAll { dates.contains($0.name.description) }
        item.expiry = expiry ?? .never
        item.ifRevision = revision
        _ = try put(item, draft, session)
    }

    private func plain(_ before: Overview) -> [PlainField] {
        var plain = before.plain
        guard let authtype, let index = plain.firstIndex(where: { $0.name.description == GitLogin.authtypeField })
        else {
            return plain
        }
        plain[index].value = authtype
        return plain
    }

    private func allowsRefresh(_ platform: Platform) -> Bool {
        platform.field(named: LoginValues.refreshField, variant: nil)?.isSecret ?? false
    }

    // MARK: Creating

    private func create(_ session: Session) throws(Failure) {
        for name in platforms where authtype == nil && query.path == nil && !username.isEmpty {
            if let platform = try? session.catalog.load(name), try create(platform, session) { return }
        }
        var draft = SecretFields()
        draft.set(try Read.field("password"), password)
        switch refreshToken {
        case .some(let token): draft.set(try Read.field(LoginValues.refreshField), token)
        case .none: break
        }
        var plain: [(String, String)] = authtype == nil || !username.isEmpty ? [("username", username)] : []
        plain.append(("url", query.url))
        if let authtype { plain.append((GitLogin.authtypeField, authtype)) }
        try add("login", nil, plain, draft, session)
    }

    /// - Returns: `false` when this is no credential of the platform's form.
    private func create(_ platform: Platform, _ session: Session) throws(Failure) -> Bool {
        let hub = "docker-hub"
        let variant =
            platform.variants.isEmpty ? nil : query.host == "index.docker.io" ? hub : platform.variants.last?.name
        guard let main = platform.mainField(variant: variant) else { return false }
        let names = Set(platform.fields(variant: variant).map(\.name))
        let given = ["username": username, "registry": query.text, "url": query.url].filter { names.contains($0.key) }
        let completion = platform.complete(variant: variant, given: given, secrets: [main.name]) { field, use in
            guard field == main.name else { return false }
            password.withBytes { use($0) }
            return true
        }
        let isThere = platform.forLogins.answers(query, name: "new", plain: { completion.plain[$0] }) != nil
        guard completion.faults.isEmpty, isThere else { return false }
        var draft = SecretFields()
        draft.set(try Read.field(main.name), password)
        let plain = completion.order.compactMap { name in completion.plain[name].map { (name, $0) } }
        try add(platform.name, variant, plain, draft, session)
        return true
    }

    private func add(
        _ platform: String, _ variant: String?, _ plain: [(String, String)], _ draft: borrowing SecretFields,
        _ session: Session
    ) throws(Failure) {
        var fields: [PlainField] = []
        for (name, value) in plain { fields.append(PlainField(name: try Read.field(name), value: value)) }
        let profile = try session.profile()
        let base = Self.name(query)
        for number in 1...100 {
            let name = try Read.credential(number == 1 ? base : "\(base)-\(number)")
            let item = PutItem(
                profile: profile, name: name, platform: platform, variant: variant, plain: fields,
                secrets: draft.names, expiry: expiry ?? .never, ifRevision: 0)
            if try put(item, draft, session, mayExist: true) != nil { return }
        }
        throw Failure("there are too many credentials called \(base)")
    }

    /// A name made of the host: `git.example.com`, `git.example.com-8443`.
    static func name(_ query: HostQuery) -> String {
        let text = query.text.utf8.map { byte -> UInt8 in
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95: byte
            default: 45
            }
        }
        let name = String(decoding: text.drop { $0 == 45 || $0 == 46 || $0 == 95 }.prefix(56), as: UTF8.self)
        return name.isEmpty ? "login" : name
    }

    private func put(
        _ item: PutItem, _ draft: borrowing SecretFields, _ session: Session
    ) throws(Failure) -> UInt64 {
        guard let revision = try put(item, draft, session, mayExist: false) else { throw Failure("it was not stored") }
        return revision
    }

    /// - Returns: the revision; `nil` when the name is taken and that may be.
    private func put(
        _ item: PutItem, _ draft: borrowing SecretFields, _ session: Session, mayExist: Bool
    ) throws(Failure) -> UInt64? {
        let segments = draft.segments(in: item.secrets)
        let why = "\(tool) \(query.text)"
        return try session.ask { (agent) throws(ClientError) in
            do throws(ClientError) {
                return try agent.put([item], secrets: segments, why: why).items.first
            } catch {
                guard mayExist, error.kind == .exists else { throw error }
                return nil
            }
        }
    }
}
