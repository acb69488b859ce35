internal import KistModel
internal import KistProtocol
internal import SecretMemory

extension Credential {
    /// One item of what the agent revealed.
    convenience init(_ reply: borrowing RevealReply, _ item: Int) {
        let overview = reply.items[item].overview
        var fields = Self.plainFields(overview)
        for field in reply.items[item].fields {
            fields.append(Field(field.name.description, .secret(Secret(reply.segments.segment(field.segment)))))
        }
        self.init(overview, fields)
    }

    convenience init(_ overview: Overview, _ fields: [Field]) {
        self.init(
            overview.name.description, profile: overview.profile.description, platform: overview.platform,
            variant: overview.variant, expires: Self.end(overview.expiry), revision: overview.revision, fields: fields)
    }

    static func plainFields(_ overview: Overview) -> [Field] {
        overview.plain.map { .plain($0.name.description, $0.value) }
    }

    private static func end(_ expiry: Expiry) -> Moment? {
        switch expiry {
        case .never: nil
        case .at(let moment): Moment(moment)
        }
    }
}
