import Glibc
import KistClient
import KistPosix
import Testing

@testable import KistCLI

/// A tool whose helper asks an agent that neither answers nor closes anything has its own form of an error within two seconds.
@Suite struct PatienceTests {
    /// What is left of the two seconds is for starting and saying it.
    @Test func theTimeThatAnAgentHasIsUnderTwoSeconds() throws {
        #expect((1_000..<1_800).contains(ProviderExchange.patience))
        let exchange = ProviderExchange(GlobalOptions(), Printer(output: 1), environment: Variables([:]))
        #expect(exchange.globals.patience == ProviderExchange.patience)
        // For whoever asks without a tool behind them there is no such hurry.
        #expect(GlobalOptions().patience == nil)
    }

    /// Listens where the agent of a vault would, and never answers.
    private final class Silent {
        let exchange: ProviderExchange
        let listener: Descriptor

        init(_ folder: TemporaryFolder) throws {
            for name in ["home", "run", "run/kist"] { try #require(mkdir("\(folder.path)/\(name)", 0o700) == 0) }
            let variables = Variables([
                "HOME": "\(folder.path)/home", "XDG_RUNTIME_DIR": "\(folder.path)/run",
                "KIST_VAULT": "\(folder.path)/v.kist",
            ])
            exchange = ProviderExchange(GlobalOptions(), Printer(output: 1), environment: variables)
            let path = try #require(try exchange.session().places.socket())
            listener = try UnixSocket.listen(at: path)
            try #require(chmod(path, 0o600) == 0)
        }

        /// How many have come.
        func connections() throws -> Int {
            var count = 0
            while try UnixSocket.accept(listener.raw) != nil { count += 1 }
            return count
        }
    }

    @Test func nobodyWaitsTwice() throws {
        let folder = try TemporaryFolder()
        let silent = try Silent(folder)
        let session = try silent.exchange.session()
        let began = BootClock.nanoseconds
        for _ in 0..<4 {
            #expect(throws: Failure.self) { try session.agent() }
            #expect(throws: Failure.self) { try session.hello() }
            #expect(throws: Failure.self) {
                try session.ask { (agent) throws(ClientError) in try agent.profiles() }.count
            }
            #expect(throws: Failure.self) { try silent.exchange.session().state() }
        }
        // It did wait, so that one who is only slow is heard.
        #expect(BootClock.nanoseconds - began >= Int64(ProviderExchange.patience) * 1_000_000)
        #expect(try silent.connections() == 1)
    }

    /// The next request of a tool that keeps its helper running is another one: the agent may answer again.
    @Test func theNextRequestAsksAnew() throws {
        let folder = try TemporaryFolder()
        let silent = try Silent(folder)
        for _ in 0..<2 {
            #expect(throws: Failure.self) { try silent.exchange.session().hello() }
            silent.exchange.forget()
        }
        #expect(try silent.connections() == 2)
    }
}
