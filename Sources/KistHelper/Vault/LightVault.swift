private import Glibc
internal import KistConnection
internal import KistLogins
internal import KistModel
internal import KistPlatforms
internal import KistPosix
internal import KistProtocol

/// An open vault behind an agent that runs, for a question that takes no person, no folder's settings and no platform of the
/// user's own.
struct LightVault {
    let now = Timestamp(seconds: Int64(time(nil)))
    private let profile: ProfileName
    private let agent: AgentConnection
    /// When the agent was turned to.
    private let began: Int64

    /// Milliseconds that an agent has here; `kist` gives it the rest of the time that a tool waits.
    static let patience = 500

    init() throws(Unanswered) {
        // A bundle is no vault.
        guard Self.variable("KIST_BUNDLE") == nil else { throw Unanswered() }
        let places = try Unanswered.unless { () throws(ClientError) in try Places.fromEnvironment() }
        guard !Self.isOthersHome(places.home) else { throw Unanswered() }
        // First of all: the agent looks at who is there while the tool's words are read here.
        began = BootClock.nanoseconds
        agent = try Self.answered(since: began) { () throws(ClientError) in
            let agent = try AgentConnection.open(places: places, mode: .noStart, patience: Self.patience)
            try agent.greet()
            return agent
        }
        profile = try Self.profile(home: places.home)
        guard !PlatformCatalog(userFolder: places.config + "/platforms").mayHaveOwn else { throw Unanswered() }
    }

    func list(_ filter: [ListFilter]) throws(Unanswered) -> [Overview] {
        try Self.answered(since: began) { () throws(ClientError) in try agent.list(profile: profile, filter: filter) }
    }

    /// Only what is handed to tools without a word from anybody.
    func reveal(_ request: RevealRequest, of overview: Overview) throws(Unanswered) -> RevealReply {
        guard overview.policy != .confirm, !overview.expiry.isPast(at: now) else { throw Unanswered() }
        return try Self.answered(since: began) { () throws(ClientError) in
            try agent.reveal(request, mayAsk: false)
        }
    }

    func find(
        _ query: HostQuery, usable: (LoginPlatform, Overview) -> Bool
    ) throws(Unanswered) -> [HostSearch.Found] {
        guard let filter = HostSearch.filter(query, own: []) else { throw Unanswered() }
        return HostSearch.find(
            query, among: try list(filter),
            platform: { name in LoginPlatform.builtIn.first { $0.name == name } }, usable: usable)
    }

    func values(
        _ found: HostSearch.Found, _ form: LoginForm, asked: String?, reason: String
    ) throws(Unanswered) -> LoginValues {
        let question = try Unanswered.unless { () throws(LoginFault) in
            try LoginValues.Question(found, form, asked: asked, reason: reason)
        }
        let reply = try reveal(question.request, of: found.overview)
        return try Unanswered.unless { () throws(LoginFault) in try LoginValues(question, reply) }
    }

    private static func answered<R: ~Copyable>(
        since began: Int64, _ body: () throws(ClientError) -> R
    ) throws(Unanswered) -> R {
        do throws(ClientError) { return try body() } catch {
            guard error.isLate else { throw Unanswered() }
            throw Unanswered(waited: Int((BootClock.nanoseconds - began) / 1_000_000))
        }
    }

    /// The profile in use, as long as no `kist.toml` may have a say in it.
    private static func profile(home: String) throws(Unanswered) -> ProfileName {
        if let name = variable("KIST_PROFILE") {
            return try Unanswered.unless { () throws(NameError) in try ProfileName(name) }
        }
        for folder in FoldersAbove.list(from: ".", home: home) {
            let file = folder == "/" ? "/kist.toml" : folder + "/kist.toml"
            // Also a link that leads nowhere: kist refuses it.
            var facts = stat()
            guard lstat(file, &facts) != 0, errno == ENOENT || errno == ENOTDIR else { throw Unanswered() }
        }
        return .default
    }

    /// `sudo git …`: `kist` says what is wrong with that.
    private static func isOthersHome(_ home: String) -> Bool {
        guard geteuid() == 0, let status = try? FileStatus(of: home, followingLinks: true) else { return false }
        return status.owner != 0
    }

    private static func variable(_ name: String) -> String? {
        guard let value = Environment.value(name), !value.isEmpty else { return nil }
        return value
    }
}
