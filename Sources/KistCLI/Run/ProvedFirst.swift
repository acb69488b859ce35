import KistClient
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

/// `kist run --check`: nothing is started before every credential was proved at its platform. What stands in the way has an exit
/// code of its own, so that a scheduler can tell a key that died from a platform that is down for an hour.
struct ProvedFirst {
    let session: Session
    let allowExpired: Bool

    /// The secrets that a request asks for, once each credential was proved.
    func reveal(_ request: InjectionRequest, _ asked: RevealRequest) throws(Failure) -> RevealReply {
        try refuseExpired(request)
        let reply = try session.reveal(asked)
        try prove(request, reply)
        return reply
    }

    /// Refuses what has expired, by the dates that the vault knows; no secret leaves for that.
    private func refuseExpired(_ request: InjectionRequest) throws(Failure) {
        guard !allowExpired else { return }
        for want in Self.whole(request) {
            let overview = try session.overview(want.profile, want.name)
            if case .at(let end) = overview.expiry, end <= session.now {
                throw Failure(
                    "\(want.name) expired on \(end.date); nothing was started",
                    advice: ["put a new one in:  kist edit \(want.name) FIELD --expires DATE"],
                    code: ExitCode.credentialExpired)
            }
        }
    }

    /// - Parameter reply: to the request's own wants.
    private func prove(_ request: InjectionRequest, _ reply: borrowing RevealReply) throws(Failure) {
        for index in request.sources.indices where reply.items.indices.contains(index) {
            try prove(index, reply)
        }
        // Of the others only some fields are handed over; their platforms want more.
        let others = Self.whole(request).filter { want in
            !request.sources.contains { $0.profile == want.profile && $0.name == want.name }
        }
        guard !others.isEmpty else { return }
        let rest = try session.reveal(RevealRequest(wants: others, purpose: .check, allowExpired: allowExpired))
        for index in rest.items.indices { try prove(index, rest) }
    }

    private func prove(_ index: Int, _ reply: borrowing RevealReply) throws(Failure) {
        let overview = reply.items[index].overview
        let platform = try session.platform(of: overview)
        let plain = Dictionary(overview.plain.map { ($0.name.description, $0.value) }) { first, _ in first }
        let secrets = overview.secrets.map(\.description)
        if case .none(let why) = platform.check(variant: overview.variant, plain: plain, secrets: Set(secrets)) {
            session.printer.note("\(overview.name) was not proved: \(why)")
            return
        }
        let values = FieldValues(overview: overview, item: reply.items[index])
        let outcome = Courier(session: session).check(
            platform, variant: overview.variant, name: overview.name.description, plain: plain, secrets: secrets
        ) { field, use in values.use(field, reply, use) }
        guard outcome.verdict != .accepted else { return }
        throw Self.failure(overview, outcome)
    }

    static func failure(_ overview: Overview, _ outcome: CheckOutcome) -> Failure {
        let facts = [outcome.http.map { "\($0)" }, outcome.answeredBy, outcome.why].compactMap { $0 }
        let told = facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))"
        switch outcome.verdict {
        case .refused, .notAllowed:
            return Failure(
                "\(overview.name): \(outcome.word)\(told); nothing was started",
                advice: ["after a new one was made there:  kist edit \(overview.name) FIELD"],
                code: ExitCode.credentialRefused)
        default:
            return Failure(
                "\(overview.name) could not be proved: \(outcome.word)\(told); nothing was started",
                advice: ["try again later, or see:  kist check \(overview.name)"], code: ExitCode.credentialUnproved)
        }
    }

    /// Each credential once, with all of its fields.
    private static func whole(_ request: InjectionRequest) -> [Want] {
        var wants: [Want] = []
        for want in request.wants where !wants.contains(where: { $0.profile == want.profile && $0.name == want.name }) {
            wants.append(Want(profile: want.profile, name: want.name))
        }
        return wants
    }
}
