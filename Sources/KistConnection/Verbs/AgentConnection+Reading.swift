package import KistModel
package import KistProtocol
package import SecretMemory

extension AgentConnection {
    /// The overviews of one profile, or of all with `nil`, sorted by profile and name.
    ///
    /// - Parameter filter: only those that pass one of its lines.
    package func list(profile: ProfileName?, filter: [ListFilter]? = nil) throws(ClientError) -> [Overview] {
        var overviews: [Overview] = []
        let params: JSONValue = [
            "profile": profile.map { .string($0.description) }, "all": profile == nil ? true : nil,
            "filter": filter.map { .array($0.map(\.json)) },
        ]
        try each(.list, params) { (result) throws(ShapeError) in
            for item in try JSONFields(result, "result").array("items") { overviews.append(try Overview(json: item)) }
        }
        return overviews
    }

    package func show(profile: ProfileName, name: CredentialName) throws(ClientError) -> Overview {
        let reply = try call(.show, NamedRequest(profile: profile, name: name).json)
        return try read { () throws(ShapeError) in try Overview(json: reply.result) }
    }

    /// Secrets leave the vault, in one round trip however many.
    ///
    /// The answer must be what was asked, in that order, whatever else has come through the socket.
    ///
    /// - Parameter mayAsk: whether a person may be asked first, who has longer than the agent.
    package func reveal(_ request: RevealRequest, mayAsk: Bool = true) throws(ClientError) -> RevealReply {
        if request.wants.count == 1 {
            let reply = try revealOnce(request, mayAsk)
            guard reply.answers(request.wants) else { throw .broken("the answer is not what was asked for") }
            return reply
        }
        var asked = request
        var seen: Set<Want> = []
        // The agent gives each want once.
        asked.wants = request.wants.filter { seen.insert($0).inserted }
        let reply = try revealOnce(asked, mayAsk)
        guard reply.answers(asked.wants) else { throw .broken("the answer is not what was asked for") }
        guard asked.wants.count < request.wants.count else { return reply }
        let items = request.wants.compactMap { want in asked.wants.firstIndex(of: want).map { reply.items[$0] } }
        return RevealReply(items: items, segments: reply.takeSegments())
    }

    private func revealOnce(_ request: RevealRequest, _ mayAsk: Bool) throws(ClientError) -> RevealReply {
        try revealed(
            try call(.reveal, request.json, SecretSegments(), deadline: mayAsk ? Self.asking : nil))
    }

    /// The whole of an answer whose first frame has come.
    func revealed(_ first: consuming Reply) throws(ClientError) -> RevealReply {
        var items = try revealed(first.result, segments: first.segments.count)
        guard first.result["more"] == .bool(true) else {
            return RevealReply(items: items, segments: first.takeSegments())
        }
        var lengths = first.segments.lengths
        var secrets = SecretBuffer(capacity: first.segments.bytes.count * 2)
        secrets.append(first.segments.bytes)
        var hasMore = true
        while hasMore {
            let next = try callAgain()
            // Each frame numbers its own segments from 0.
            for var item in try revealed(next.result, segments: next.segments.count) {
                for field in item.fields.indices { item.fields[field].segment += lengths.count }
                items.append(item)
            }
            lengths += next.segments.lengths
            secrets.append(next.segments.bytes)
            hasMore = next.result["more"] == .bool(true)
        }
        return RevealReply(items: items, segments: SecretSegments(bytes: secrets.finish(), lengths: lengths))
    }

    private func revealed(_ result: JSONValue, segments: Int) throws(ClientError) -> [RevealedItem] {
        try read { () throws(ShapeError) in
            var items: [RevealedItem] = []
            for item in try JSONFields(result, "result").array("items") {
                items.append(try RevealedItem(json: item, segments: segments))
            }
            return items
        }
    }

    /// The history of one credential, newest first.
    package func history(profile: ProfileName, name: CredentialName) throws(ClientError) -> [RevisionNote] {
        var notes: [RevisionNote] = []
        try each(.history, NamedRequest(profile: profile, name: name).json) { (result) throws(ShapeError) in
            for item in try JSONFields(result, "result").array("items") { notes.append(try RevisionNote(json: item)) }
        }
        return notes
    }

    package func profiles() throws(ClientError) -> [ProfileCount] {
        var counts: [ProfileCount] = []
        try each(.profiles, .empty) { (result) throws(ShapeError) in
            for item in try JSONFields(result, "result").array("items") { counts.append(try ProfileCount(json: item)) }
        }
        return counts
    }
}

/// The answer to `reveal`.
package struct RevealReply: ~Copyable {
    /// In the order of the wants.
    package let items: [RevealedItem]
    /// The values; `RevealedItem.Field.segment` says which is whose.
    package let segments: SecretSegments

    package init(items: [RevealedItem], segments: consuming SecretSegments) {
        self.items = items
        self.segments = segments
    }

    consuming func takeSegments() -> SecretSegments { segments }

    /// Whether these are the wants, all of them and in their order, with each value once.
    borrowing func answers(_ wants: [Want]) -> Bool {
        guard items.count == wants.count else { return false }
        var next = 0
        for (item, want) in zip(items, wants) {
            let overview = item.overview
            let expected = (want.fields ?? overview.secrets).filter { overview.plainValue($0) == nil }
            guard overview.profile == want.profile, overview.name == want.name,
                item.fields.map(\.name) == expected
            else { return false }
            for field in item.fields {
                guard field.segment == next else { return false }
                next += 1
            }
        }
        return next == segments.count
    }

    /// The value of one field; `nil` when the item has no such secret field here.
    package borrowing func value(_ item: Int, _ field: FieldName) -> SecretBytes? {
        guard let place = items[item].fields.first(where: { $0.name == field }) else { return nil }
        return segments.segment(place.segment)
    }
}
