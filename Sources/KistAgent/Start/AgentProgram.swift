private import Glibc
private import KistPosix

/// What `kist-agent` does from its first to its last instruction.
package enum AgentProgram {
    /// - Returns: the exit status: 0 also for an agent that finds another one in its place.
    package static func run(arguments: [String], stores: StoreFactory) -> Int32 {
        guard let options = AgentOptions(arguments: arguments) else { return 64 }
        let ready = options.ready.map { Readiness(Descriptor(owning: $0)) }
        let sockets = [options.inherited, options.ready, options.prompter].compactMap { $0 }
        for socket in sockets { CloseOnExec.set(socket) }
        Process.makeFilesPrivate()
        var limits = Limits()
        // Room for the vault, its journal, folders and processes; without it, a full table would stop the agent itself.
        limits.clients = max(16, min(limits.clients, Process.raiseDescriptorLimit(to: limits.clients + 256) - 256))
        do {
            let signals = try Signals.descriptor(for: [SIGTERM, SIGINT, SIGHUP])
            signal(SIGPIPE, SIG_IGN)
            let agent: Agent
            if let inherited = options.inherited {
                agent = try Agent(options: options, stores: stores, signals: signals, limits: limits)
                try agent.serve(only: Descriptor(owning: inherited))
            } else {
                guard let runtime = options.runtime else { throw StartError(reason: "no runtime folder is given") }
                guard let place = try ListeningPlace.take(runtime: runtime, vault: options.vault) else { return 0 }
                agent = try Agent(options: options, stores: stores, signals: signals, limits: limits)
                try agent.listen(place)
            }
            if let prompter = options.prompter {
                try agent.connect(prompter: Descriptor(owning: prompter), place: options.prompterPlace ?? "")
            }
            agent.sandbox.enter()
            ready?.announce("R")
            agent.run()
            return 0
        } catch {
            let reason = (error as? StartError)?.reason ?? "\(error)"
            ready?.announce("E" + reason)
            return 1
        }
    }
}

/// The pipe on which the starter waits; closed after one word.
private final class Readiness {
    private var pipe: Descriptor?

    init(_ pipe: consuming Descriptor) { self.pipe = consume pipe }

    func announce(_ text: String) {
        if let pipe = pipe.take() { try? pipe.write(Array(text.utf8)) }
    }
}
