internal import KistClient
internal import KistModel
internal import KistPlatforms
internal import KistProtocol
internal import SecretMemory

/// One credential handed to a tool, asked for by its name.
struct RevealedFields: ~Copyable {
    let overview: Overview
    let platform: Platform
    private let reply: RevealReply

    /// - Parameters:
    ///   - word: the credential's name, as the tool's configuration has it.
    ///   - reason: for the audit log and for whoever has to agree: which tool.
    static func reveal(_ word: String, reason: String, _ session: Session) throws(Failure) -> RevealedFields {
        let name = try Read.credential(word)
        let want = Want(profile: try session.profile(), name: name)
        let reply = try session.reveal(RevealRequest(wants: [want], purpose: .provider, reason: reason))
        guard let item = reply.items.first else { throw Failure("the agent answered without the credential") }
        return RevealedFields(
            overview: item.overview, platform: try session.platform(of: item.overview), reply: reply)
    }

    private init(overview: Overview, platform: Platform, reply: consuming RevealReply) {
        self.overview = overview
        self.platform = platform
        self.reply = reply
    }

    /// The value of a field, plain or secret; `nil` when it has none.
    borrowing func field(_ name: String) -> SecretBytes? { render(Template(parts: [.field(name, .none)])) }

    /// What `kist run` would set a variable to: what a platform's clients read from the environment is what its tools want,
    /// so no second table says which field is which.
    borrowing func variable(_ name: String) -> SecretBytes? {
        let plain = plain
        let secrets = Set(overview.secrets.map(\.description))
        for rule in platform.environment
        where rule.condition.holds(variant: overview.variant, plain: plain, secrets: secrets)
            && rule.name.text(name: overview.name.description, plain: plain) == name
        {
            if let value = render(rule.value) { return value }
        }
        return nil
    }

    var plain: [String: String] {
        Dictionary(overview.plain.map { ($0.name.description, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    private borrowing func render(_ template: Template) -> SecretBytes? {
        let values = FieldValues(overview: overview, item: reply.items[0])
        var buffer = SecretBuffer()
        let absent = template.render(into: &buffer, name: overview.name.description) { field, use in
            values.use(field, reply, use)
        }
        return absent.isEmpty ? buffer.finish() : nil
    }
}
