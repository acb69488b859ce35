import ArgumentParser
import KistClient
import KistProtocol
import SecretMemory

struct InitInput: Equatable {
    /// Write the recovery code there instead of showing it.
    var recoveryFile: String?
    /// Argon2id cost; `nil` leaves it to the agent, which measures.
    var passes: Int64?
    /// In MiB.
    var memory: Int64?
    var json = false
}

/// Makes the vault.
enum Initialise {
    static func execute(_ input: InitInput, _ session: Session) throws(Failure) -> Int32 {
        guard try session.state() == .absent else {
            throw Failure(
                "there is a vault already at \(Home.short(session.places.vault, session.places.home))",
                advice: ["use it:         kist unlock", "another place:  kist init --vault FILE"])
        }
        if session.passphraseSource == .terminal {
            guard let terminal = Terminal.open() else {
                throw Failure(
                    "there is no terminal to ask for a passphrase",
                    advice: ["hand one over:  --passphrase-fd N,  KIST_PASSPHRASE_FILE=FILE (mode 0600)"],
                    code: ExitCode.locked)
            }
            let fingerprint = try interactive(input, terminal, session)
            if input.json {
                session.printer.json([
                    "vault": .string(session.places.vault), "fingerprint": .string(fingerprint),
                ])
            }
        } else {
            try unattended(input, session)
        }
        if input.json { return ExitCode.done }
        session.printer.line(
            .good("✓"), Phrase(" Ready\(try openFor(session)).   Next: kist add kumo"))
        session.notePrivateAgent()
        return ExitCode.done
    }

    /// ", unlocked for 15 minutes"
    private static func openFor(_ session: Session) throws(Failure) -> String {
        guard session.keepsAgent else { return "" }
        let status = try session.ask { (agent) throws(ClientError) in try agent.status() }
        guard status.state == .unlocked, let idle = status.idle else { return ", locked" }
        return ", unlocked for \(Words.length(min(idle, status.maximum ?? idle)))"
    }

    // MARK: With somebody there

    /// - Returns: the fingerprint of the new vault.
    @discardableResult
    static func interactive(
        _ input: InitInput, _ terminal: Terminal, _ session: Session
    ) throws(Failure) -> String {
        session.printer.flush()
        // Before anything is asked for, and before there is a vault.
        let target = try RecoveryFile(input.recoveryFile)
        let place = Home.short(session.places.vault, session.places.home)
        terminal.show("Kist keeps credentials encrypted in \(place), on this machine only.\n")
        let passphrase = try target.guarding { () throws(Failure) in try NewPassphrase.ask(terminal) }
        let reply = try target.guarding { () throws(Failure) in try create(input, passphrase, session) }
        if let file = input.recoveryFile, target.takes(reply.recoveryCode, session.printer) {
            terminal.show("Recovery code written to \(file). It opens the vault without the passphrase.\n")
        } else {
            if try !NewRecoveryCode.isConfirmed(reply.recoveryCode, terminal) {
                terminal.show("Not confirmed. Keep what you wrote down; a new one:  kist slot change recovery\n")
            }
        }
        try offerKeyring(Brought(.passphrase, passphrase, factor: nil), terminal, session)
        return reply.result.fingerprint
    }

    /// The desktop's keyring may open the vault, too, when there is one that is open; a refusal of its is no failure of
    /// `init`.
    private static func offerKeyring(
        _ brought: borrowing Brought, _ terminal: Terminal, _ session: Session
    ) throws(Failure) {
        guard let helper = KeyringHelper.beside(session.environment) else { return }
        let found = helper.ask(KeyringRequest(.probe, milliseconds: KeyringHelper.brief)).answer
        guard found.outcome == .done, !found.isLocked else { return }
        let name = found.text.map { " (\($0))" } ?? ""
        terminal.show("Your desktop's keyring\(name) can open the vault at the first use after you log in.\n")
        guard try terminal.confirm("Keep a key for it there?") else { return }
        do throws(Failure) {
            let slot = try KeyringSlot(session: session).add(label: found.text, collection: nil, brought)
            terminal.show("Kept. Take it back:  kist slot remove \(slot.id)\n")
        } catch { terminal.show("\(error.message)\n") }
    }

    // MARK: With nobody there

    private static func unattended(_ input: InitInput, _ session: Session) throws(Failure) {
        let passphrase = try WayIn.passphrase(session.passphraseSource).read()
        try NewPassphrase.requireLength(passphrase)
        let target = try RecoveryFile(input.recoveryFile)
        let reply = try target.guarding { () throws(Failure) in try create(input, passphrase, session) }
        let isWritten = target.takes(reply.recoveryCode, session.printer)
        if input.json {
            var text = SecretBuffer()
            text.append("{\"vault\":")
            text.append(String(decoding: JSONValue.string(session.places.vault).encoded, as: UTF8.self))
            text.append(",\"fingerprint\":\"\(reply.result.fingerprint)\"")
            if !isWritten {
                text.append(",\"recoveryCode\":")
                reply.recoveryCode.withBytes { _ = SecretJSON.append($0, to: &text) }
            }
            text.append("}\n")
            text.withBytes { session.printer.secret($0) }
        } else if !isWritten {
            session.printer.line("Recovery code, shown only now. It opens the vault without the passphrase:")
            session.printer.part("    ")
            reply.recoveryCode.withBytes { session.printer.secret($0) }
            session.printer.line("")
        }
    }

    private static func create(
        _ input: InitInput, _ passphrase: borrowing SecretBytes, _ session: Session
    ) throws(Failure) -> InitialiseReply {
        var request = InitialiseRequest()
        if let passes = input.passes {
            guard (1...100_000).contains(passes) else { throw Failure.usage("--kdf-passes takes 1 to 100000") }
            request.passes = passes
        }
        if let memory = input.memory {
            // Up to 1 TiB the number of KiB fits what Argon2 takes; the agent knows what this machine can.
            guard (1...1_048_576).contains(memory) else {
                throw Failure.usage("--kdf-memory takes MiB, 1 to 1048576")
            }
            request.memory = memory * 1_024
        }
        let asked = request
        do throws(ClientError) {
            return try (try agent(session)).initialise(asked, passphrase: passphrase.copy())
        } catch { throw Advice.failure(error, vault: session.shownVault) }
    }

    private static func agent(_ session: Session) throws(ClientError) -> AgentConnection {
        do throws(Failure) { return try session.agent() } catch { throw .cannotStart(error.message) }
    }
}

struct InitCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make the vault on this machine.",
        discussion: """
            Asks for a passphrase (Enter makes one) and shows a recovery code once.

            Example:  kist init
                      KIST_PASSPHRASE_FILE=pass kist init --recovery-file recovery
            """)

    @Option(help: ArgumentHelp("Write the recovery code to a new file of mode 0600.", valueName: "file"))
    var recoveryFile: String?
    @Option(help: ArgumentHelp("Argon2id passes instead of the measured choice.", valueName: "n")) var kdfPasses: Int64?
    @Option(help: ArgumentHelp("Argon2id memory in MiB instead of the measured choice.", valueName: "mib"))
    var kdfMemory: Int64?
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        var input = InitInput()
        input.recoveryFile = recoveryFile
        input.passes = kdfPasses
        input.memory = kdfMemory
        input.json = json
        let code = try Initialise.execute(input, session)
        KeyringMemory.begin(session)
        return code
    }
}
