private import Glibc
internal import KistBundle
package import KistClient
package import KistModel
package import KistProtocol

/// What one command works with: its options, the agent behind a lazily opened connection, the terminal, the printer.
package final class Session {
    package let options: GlobalOptions
    package let places: Places
    package let printer: Printer
    package let environment: Variables
    private var connection: AgentConnection?
    /// It did not answer in the time that there was: nobody waits for it again.
    private var silence: ClientError?
    private var project: FoundProject??
    /// The opened bundle, once a command has asked for something in it.
    var bundle: OpenedBundle?
    /// Folders that go when the program ends that was started here.
    var ownFolders: [String] = []

    package init(_ options: GlobalOptions, printer: Printer, environment: Variables = .process) throws(Failure) {
        self.options = options
        self.printer = printer
        self.environment = environment
        // Checked before anything is opened, which could get that number.
        if let descriptor = options.passphraseDescriptor, fcntl(descriptor, F_GETFD) < 0 {
            throw Failure.usage("descriptor \(descriptor) is not open, so there is no passphrase in it")
        }
        do {
            places = try Places.fromEnvironment(vault: options.vault) { environment[$0] }
        } catch { throw Advice.failure(error, vault: options.vault ?? "") }
    }

    /// The connection to the agent, opened at the first call.
    package func agent() throws(Failure) -> AgentConnection {
        if let connection { return connection }
        try refuseOtherUsersHome()
        do throws(ClientError) {
            let opened = try open()
            connection = opened
            // Whoever takes the connection itself asks it what may take long.
            if options.patience != nil { _ = try opened.hello() }
            return opened
        } catch {
            noteSilence(error)
            throw Advice.failure(error, vault: shownVault)
        }
    }

    /// What the vault was when the connection was opened.
    package func state() throws(Failure) -> VaultState { try hello().state }

    package func hello() throws(Failure) -> Hello {
        do throws(ClientError) { return try agentOrClientError().hello() } catch {
            noteSilence(error)
            throw Advice.failure(error, vault: shownVault)
        }
    }

    /// A new connection for the next call; the agent may have ended meanwhile.
    package func reconnect() { connection = nil }

    private func open() throws(ClientError) -> AgentConnection {
        if let silence { throw silence }
        do throws(ClientError) { return try connect() } catch {
            noteSilence(error)
            throw error
        }
    }

    /// Who has not said a word in the time that a helper has is not asked again. What comes late through a connection is
    /// no answer to anything.
    private func noteSilence(_ error: ClientError) {
        guard error.isLate, connection?.hasAnswered != true else { return }
        if options.patience != nil { silence = error }
        connection = nil
    }

    private func connect() throws(ClientError) -> AgentConnection {
        if options.isolated { return try open(.isolated) }
        guard options.noAgent else { return try open(.shared) }
        // A running one is used; otherwise a private one ends with this command and none is left.
        do throws(ClientError) { return try open(.noStart) } catch {
            guard case .notRunning = error else { throw error }
            return try open(.isolated)
        }
    }

    private func open(_ mode: AgentConnection.Mode) throws(ClientError) -> AgentConnection {
        guard let patience = options.patience else { return try AgentConnection.open(places: places, mode: mode) }
        return try AgentConnection.open(places: places, mode: mode, patience: patience)
    }

    /// For a program that has kept its connection: the agent may have stopped or ended since. One that has ended is not
    /// missed, the next is asked.
    package func checkAlive() throws(Failure) {
        guard let connection else { return }
        do throws(ClientError) { _ = try connection.status() } catch {
            self.connection = nil
            guard error.isLate else { return }
            silence = error
            throw Advice.failure(error, vault: shownVault)
        }
    }

    /// Whether the agent that was asked outlives this command; a private one does not.
    var keepsAgent: Bool { connection.map { !$0.isPrivate } ?? true }

    /// Says why an agent does not stay, where nobody asked for one that does not.
    func notePrivateAgent() {
        guard !keepsAgent, places.runtime == nil else { return }
        printer.note(Phrase(Advice.noRuntimeFolder))
    }

    /// Asks the agent, unlocking the vault when it is locked.
    ///
    /// - Parameter body: may run twice.
    package func ask<R: ~Copyable>(
        _ body: (AgentConnection) throws(ClientError) -> R
    ) throws(Failure) -> R {
        try refuseBundle()
        for attempt in 0..<3 {
            do throws(ClientError) {
                return try body(try agentOrClientError())
            } catch {
                noteSilence(error)
                switch error.kind {
                case .locked? where attempt < 2: try unlock()
                case .retired? where attempt < 2: reconnect()
                default: throw pointing(Advice.failure(error, vault: shownVault), error)
                }
            }
        }
        throw Failure("the agent ended twice while it was asked")
    }

    package func agentOrClientError() throws(ClientError) -> AgentConnection {
        if let connection { return connection }
        do throws(Failure) { try refuseOtherUsersHome() } catch {
            throw .unsafePlace(path: places.home, why: error.message)
        }
        let opened = try open()
        connection = opened
        return opened
    }

    /// `sudo kist` would leave files of root in someone else's home folder.
    private func refuseOtherUsersHome() throws(Failure) {
        var status = stat()
        guard geteuid() == 0, stat(places.home, &status) == 0, status.st_uid != 0 else { return }
        throw Failure(
            "\(places.home) belongs to another user; running as root there would leave files they cannot use",
            advice: ["Run kist as yourself, or as root with root's own home:  sudo -H kist …"])
    }

    /// The vault's path as people write it.
    package var shownVault: String { Home.short(places.vault, places.home) }

    // MARK: Profile and project

    /// The profile in use: `-p` over `KIST_PROFILE` over the nearest trusted `kist.toml` over `default`.
    package func profile() throws(Failure) -> ProfileName {
        if let name = options.profile ?? environment.nonEmpty("KIST_PROFILE") {
            return try Read.profile(name)
        }
        let nearest: FoundProject?
        do { nearest = try nearestProject() } catch {
            throw Failure(
                error.message, advice: error.advice + ["Without that file, name the profile:  -p default"],
                code: error.code)
        }
        guard let project = nearest, let profile = project.file.profile else { return .default }
        do throws(Failure) { try requireTrust(project) } catch {
            var refusal = error
            refusal.advice.append("or name the profile:   -p NAME")
            throw refusal
        }
        return profile
    }

    /// The nearest `kist.toml`, whether trusted or not; read once.
    package func nearestProject() throws(Failure) -> FoundProject? {
        if let project { return project }
        let found = try ProjectSearch.nearest(home: places.home)
        project = .some(found)
        return found
    }

    /// Returns when the user has agreed to this file and content, asking if somebody is there.
    package func requireTrust(_ project: FoundProject) throws(Failure) {
        let trust = Trust(state: places.state)
        if trust.holds(project, environment: environment) { return }
        guard let terminal = person() else { throw Trust.refusal(of: project) }
        printer.flush()
        terminal.show(TrustCommandText.describe(project, home: places.home) + "\n")
        guard try terminal.confirm("Is this what you expect here?") else { throw Trust.refusal(of: project) }
        try trust.remember(project)
    }

    /// Whoever is at the terminal and may be asked.
    func person() -> Terminal? { options.mayAsk ? Terminal.open() : nil }

    /// What the present moment is, for expiry in words.
    package var now: Timestamp { Timestamp(seconds: Int64(time(nil))) }
}
