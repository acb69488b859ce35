import Glibc
import KistClient
import KistModel
import KistPlatforms
import KistPosix
import KistProtocol
import SecretMemory

struct ProxyInput: Equatable {
    var name = ""
    var command: [String] = []
    var rules: [String] = []
    var port = 0
    var log: String?
    var reason: String?
    var allowExpired = false
}

/// Gives a program the use of a credential: its variables lead to a proxy, and hold stand-ins where the secrets would be.
enum Proxy {
    static func execute(_ input: ProxyInput, _ session: Session) throws(Failure) -> Int32 {
        if !input.command.isEmpty { _ = try ExactCommand(input.command).program() }
        let name = try Read.credential(input.name)
        let profile = try session.profile()
        let overview = try session.overview(profile, name)
        let platform = try session.platform(of: overview)
        let address = try ProxiedAddress(overview, platform)
        let reply = try session.reveal(
            RevealRequest(
                wants: [Want(profile: profile, name: name)], purpose: .proxy,
                reason: input.reason ?? input.command.first,
                allowExpired: input.allowExpired))
        let standIns = try StandIns(reply, platform)
        let server = try ProxyExchange.start(input, address, standIns)
        var plain = address.plain
        plain[address.field] = "http://127.0.0.1:\(server)" + address.base
        let block = try ProxiedEnvironment(session: session, command: input.command)
            .build(reply.items[0].overview, platform, plain, standIns)
        if input.command.isEmpty {
            ProxiedEnvironment.show(block, to: session.printer)
            session.printer.note("\(name) through 127.0.0.1:\(server) until this ends (Ctrl-C)")
            try session.printer.finish()
            session.printer.flush()
            // The proxy ends with this process.
            while true { pause() }
        }
        session.printer.flush()
        throw Launcher.replace(input.command, environment: block.block)
    }
}
