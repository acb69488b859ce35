internal import KistModel
internal import KistProtocol
internal import KistStore
internal import KistVault
internal import SecretMemory

/// Bytes that a header of several frames is filled to; an item is always smaller than what is left then.
private let headerRoom = FrameLayout.largestHeader - 2_048

extension Agent {
    /// Runs a vault verb in the protocol's errors.
    func vault<R: ~Copyable>(
        for client: Client, _ body: (Vault) throws(VaultError) -> R
    ) throws(AgentFailure) -> R {
        let vault = try session.use(by: client.token)
        do { return try body(vault) } catch { throw Failures.of(error) }
    }

    func list(_ request: Request, _ client: Client) throws {
        let params = try JSONFields(request.params, "params")
        let profile = try params["profile"] == nil ? nil : params.profile("profile")
        guard try profile != nil || params.flag("all") else { throw ShapeError("profile") }
        let filter = try params.listFilter("filter")
        // A helper's question opens single rows, and asks for one of them at once.
        session.store?.beginReading()
        var overviews = try vault(for: client) { (vault) throws(VaultError) in
            guard let filter else { return try vault.list(profile) }
            let lines = filter.map { (platform: $0.platform, text: $0.holds) }
            return try vault.list(profile, holding: lines) { overview in filter.contains { $0.passes(overview) } }
        }
        if let log = session.audit {
            for index in overviews.indices {
                overviews[index].lastUsed = log.lastUse(overviews[index].profile, overviews[index].name)
            }
        }
        replyInParts(client, request.id, overviews) { $0.encode(into: &$1) }
    }

    func show(_ request: Request, _ client: Client) throws {
        let wanted = try NamedRequest(json: request.params)
        session.store?.beginReading()
        var overview = try vault(for: client) { (vault) throws(VaultError) in
            try vault.overview(wanted.profile, wanted.name)
        }
        overview.lastUsed = session.audit?.lastUse(wanted.profile, wanted.name)
        reply(client, request.id, overview.json)
    }

    func history(_ request: Request, _ client: Client) throws {
        let wanted = try NamedRequest(json: request.params)
        let notes = try vault(for: client) { (vault) throws(VaultError) in
            try vault.history(wanted.profile, wanted.name)
        }
        replyInParts(client, request.id, notes) { $0.json.encode(into: &$1) }
    }

    func profiles(_ request: Request, _ client: Client) throws {
        let profiles = try vault(for: client) { (vault) throws(VaultError) in try vault.profiles() }
        replyInParts(client, request.id, profiles) {
            ProfileCount(name: $0.name, count: UInt64($0.count)).json.encode(into: &$1)
        }
    }

    func reveal(_ request: Request, _ client: Client) throws {
        try reveal(try RevealRequest(json: request.params), request.id, client, agreed: .none)
    }

    /// - Parameter agreed: what a person has just agreed to.
    private func reveal(
        _ wanted: RevealRequest, _ id: Int64, _ client: Client, agreed: Agreement
    ) throws {
        let wants = wanted.wants.map { KistVault.Want(profile: $0.profile, name: $0.name, fields: $0.fields) }
        attempt = revealing(wanted, client)
        let most = limits.revealedBytes
        session.store?.beginReading()
        let revealed = try vault(for: client) { [now = clock.now()] (vault) throws(VaultError) in
            try vault.reveal(wants, most: most, now: now)
        }
        let items = revealed.items
        if !wanted.allowExpired {
            let now = clock.now()
            for item in items where item.overview.expiry.isPast(at: now) { throw Self.expired(item.overview) }
        }
        let mayLeave = try permits(
            items.map(\.overview), for: wanted.purpose, reason: wanted.reason, agreed: agreed, id, client
        ) { [unowned self, unowned client] agreed in try reveal(wanted, id, client, agreed: agreed) }
        // What was opened is wiped; it is opened again when somebody has agreed.
        guard mayLeave else { return }
        try record(revealed: items, for: wanted.purpose, isAgreed: !agreed.isNone)
        if wanted.purpose == .provider, !agreed.isNone { for item in items { guessing.noteAgreed(item.overview) } }
        let segments = revealed.takeSegments()
        // Nearly always one frame; its header is written straight from the overviews.
        let fits = replyIfItFits(client, segments) { header in
            Self.writeStart(id, into: &header)
            for (index, item) in items.enumerated() {
                if index > 0 { header.append(UInt8(ascii: ",")) }
                Self.write(item.overview, item.fields, into: &header)
            }
            header.append("]}}")
        }
        if !fits { replyInFrames(client, id, items, segments) }
    }

    static func expired(_ overview: Overview) -> AgentFailure {
        var facts = [
            JSONMember("profile", .string(overview.profile.description)),
            JSONMember("name", .string(overview.name.description)),
        ]
        if case .at(let end) = overview.expiry { facts.append(JSONMember("expires", .string(end.description))) }
        return AgentFailure(.expired, "the credential has expired", facts: facts)
    }

    private static func writeStart(_ id: Int64, into header: inout [UInt8]) {
        header.append("{\"jsonrpc\":\"2.0\",\"id\":")
        JSONValue.encode(id, into: &header)
        header.append(",\"result\":{\"items\":[")
    }

    private static func write(
        _ overview: Overview, _ fields: [(name: FieldName, segment: Int)], into header: inout [UInt8]
    ) {
        header.append("{\"overview\":")
        overview.encode(into: &header)
        header.append(",\"fields\":[")
        for (index, field) in fields.enumerated() {
            if index > 0 { header.append(UInt8(ascii: ",")) }
            header.append("{\"name\":")
            JSONValue.encode(field.name.description, into: &header)
            header.append(",\"segment\":")
            JSONValue.encode(Int64(field.segment), into: &header)
            header.append(UInt8(ascii: "}"))
        }
        header.append("]}")
    }

    /// A revelation that does not fit one frame; each frame numbers its own segments from 0.
    private func replyInFrames(
        _ client: Client, _ id: Int64, _ items: [Revealed.Item], _ segments: borrowing SecretSegments
    ) {
        var next = 0
        while next < items.count {
            var header: [UInt8] = []
            Self.writeStart(id, into: &header)
            var secrets = SecretBuffer()
            var lengths: [Int] = []
            let first = next
            while next < items.count {
                let item = items[next]
                let bytes = item.fields.reduce(0) { $0 + segments.lengths[$1.segment] }
                var text: [UInt8] = []
                let fields = item.fields.enumerated().map { (name: $1.name, segment: lengths.count + $0) }
                Self.write(item.overview, fields, into: &text)
                if next > first,
                    header.count + text.count > headerRoom || secrets.count + bytes > 4 << 20
                        || lengths.count + fields.count > FrameLayout.mostSegments
                {
                    break
                }
                if next > first { header.append(UInt8(ascii: ",")) }
                header.append(contentsOf: text)
                for field in item.fields {
                    segments.withSegment(field.segment) { secrets.append($0) }
                    lengths.append(segments.lengths[field.segment])
                }
                next += 1
            }
            header.append(contentsOf: (next < items.count ? "],\"more\":true}}" : "]}}").utf8)
            reply(client, SecretSegments(bytes: secrets.finish(), lengths: lengths)) { swap(&$0, &header) }
        }
    }

    /// `{"items":[…],"more":true?}` in as many frames as it takes, each made when the one before has left.
    private func replyInParts<Item>(
        _ client: Client, _ id: Int64, _ items: [Item], _ write: @escaping (Item, inout [UInt8]) -> Void
    ) {
        var next = 0
        client.producer = { [unowned self, unowned client] in
            var header: [UInt8] = []
            header.reserveCapacity(min(FrameLayout.largestHeader, 256 * (items.count - next) + 64))
            Self.writeStart(id, into: &header)
            let first = next
            var text: [UInt8] = []
            while next < items.count {
                text.removeAll(keepingCapacity: true)
                write(items[next], &text)
                if next > first, header.count + text.count > headerRoom { break }
                if next > first { header.append(UInt8(ascii: ",")) }
                header.append(contentsOf: text)
                next += 1
            }
            let isLast = next == items.count
            header.append(contentsOf: (isLast ? "]}}" : "],\"more\":true}}").utf8)
            reply(client, SecretSegments()) { swap(&$0, &header) }
            return !isLast
        }
    }
}
