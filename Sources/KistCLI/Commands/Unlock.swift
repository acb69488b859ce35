import ArgumentParser
import KistClient
import KistModel
import KistPosix
import KistProtocol
import SecretMemory

struct UnlockCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Open the vault for a while.",
        discussion: """
            Without --for: until it was unused for 15 minutes, 8 hours at most.

            Example:  kist unlock --for 10h
                      kist unlock --keyring
            """)

    @Option(name: .customLong("for"), help: ArgumentHelp("How long, used or not.", valueName: "10h")) var length:
        String?
    @Flag(help: "With the recovery code instead of the passphrase.") var recovery = false
    @Flag(help: "With the key in the desktop's keyring.") var keyring = false
    @Option(help: ArgumentHelp("With a key file (else KIST_KEY_FILE).", valueName: "file")) var keyFile: String?
    @Option(help: ArgumentHelp("With an identity that is a recipient of the vault.", valueName: "file"))
    var identity: String?
    @Option(help: ArgumentHelp("The passphrase's second factor (else KIST_FACTOR_FILE).", valueName: "file"))
    var factor: String?
    @Option(help: ArgumentHelp("Open no vault but the one with this fingerprint.", valueName: "fingerprint"))
    var expectVault: String?
    @Flag(help: "Go on with a copy that is older than was seen here.") var acceptOlder = false
    @Flag(help: "Go on with a copy whose history differs from what was seen here.") var acceptFork = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    /// In seconds.
    private var longest: Int64 { 366 * 86_400 }

    func execute(_ session: Session) throws(Failure) -> Int32 {
        guard [recovery, keyring, keyFile != nil, identity != nil].filter({ $0 }).count <= 1 else {
            throw Failure.usage("one way in at a time: --recovery, --keyring, --key-file or --identity")
        }
        var request = UnlockRequest(expected: expectVault, acceptOlder: acceptOlder, acceptFork: acceptFork)
        if let length {
            guard let seconds = Read.duration(length), seconds <= longest else {
                throw Failure.usage("--for takes a length of time up to a year: 10h, 30m")
            }
            request.seconds = seconds
        }
        if try session.state() == .absent { throw Advice.noVault(session.shownVault) }
        if keyring {
            say(try session.unlockByKeyring(request), session)
            return ExitCode.done
        }
        let unlocked = try session.unlock(request, by: way(session), factor: factor, alone: Advice.alone)
        say(unlocked.result, session)
        offerRenewal(unlocked, session)
        return ExitCode.done
    }

    private func way(_ session: Session) -> WayIn {
        if recovery { return .recovery(session.recoverySource) }
        if let keyFile { return .keyFile(keyFile) }
        if let identity { return .identity(identity) }
        return session.givenWay ?? .passphrase(.terminal)
    }

    private func say(_ result: UnlockResult, _ session: Session) {
        if json {
            session.printer.json(result.json)
        } else {
            let staying = session.keepsAgent ? UnlockWords.words(result) : "for this command alone"
            session.printer.line(.good("✓"), Phrase(" Unlocked \(staying)."))
            session.notePrivateAgent()
        }
    }

    /// A recovery code is used once: who was there saw it, and the paper that it stood on was out of its envelope.
    ///
    /// The vault is open, which is what was asked for: a code that was not made is said, and no failure of the unlock.
    private func offerRenewal(_ unlocked: borrowing Session.Unlocked, _ session: Session) {
        guard unlocked.result.renewRecovery else { return }
        let command = "kist slot change recovery"
        guard unlocked.result.kind == .recovery, let slot = unlocked.result.slot, !json, let terminal = Terminal.open()
        else {
            session.printer.note(Phrase("the recovery code was used; make a new one:  \(command)"))
            return
        }
        session.printer.flush()
        let request = SlotChangeRequest(proof: unlocked.brought.proof, slot: slot, renew: true)
        do throws(Failure) {
            guard try terminal.confirm("A recovery code is used once. Make a new one now?", fallback: true) else {
                terminal.show("Later, then:  \(command)\n")
                return
            }
            _ = try session.newRecoveryCode(nil, json: false) { (code) throws(Failure) in
                let secrets = unlocked.brought.secrets.appending(code)
                return try session.slotCall(unlocked.brought.proof.with) { (agent) throws(ClientError) in
                    try agent.slotChange(request, secrets: secrets)
                }
            }
        } catch {
            var failure = error
            failure.advice.append("once more:  \(command)")
            session.printer.failure(failure)
        }
    }
}

/// How long a vault stays open, in words.
enum UnlockWords {
    static func words(_ result: UnlockResult) -> String {
        if result.idle >= result.maximum { return "for \(Words.length(result.maximum))" }
        return "for \(Words.length(result.idle)); while it is used, up to \(Words.length(result.maximum))"
    }
}

struct LockCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Lock the vault now; its agent ends.",
        discussion: "Example:  kist lock")

    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        var was = false
        do throws(ClientError) {
            let agent = try AgentConnection.open(places: session.places, mode: .noStart)
            do throws(ClientError) {
                was = try agent.hello().state == .unlocked
                try agent.lock()
            } catch {
                // One of another version runs nothing but this.
                guard error.kind == .version else { throw error }
                was = true
            }
            // The answer to a hello of another version comes first and is an error again; it is done all the same.
            do throws(ClientError) { try agent.retire() } catch { guard error.kind == .version else { throw error } }
        } catch {
            guard case .notRunning = error else { throw Advice.failure(error, vault: session.shownVault) }
            noteLocked(session)
        }
        if json {
            session.printer.json(["locked": true, "was": .string(was ? "unlocked" : "locked")])
        } else {
            session.printer.line(.good("✓"), was ? " Locked." : " It was locked already.")
        }
        return ExitCode.done
    }

    /// Without an agent there is nobody else to remember that it was locked on purpose: from now on a keyring opens it
    /// only when it is asked to.
    private func noteLocked(_ session: Session) {
        guard let runtime = session.places.runtime else { return }
        do throws(PosixError) {
            try Folder.make(runtime)
            try File.replace(AgentPlace.opened(inRuntime: runtime, vault: session.places.vault), with: [])
        } catch { session.printer.note(Phrase("a keyring may still open it at the next use: \(error)")) }
    }
}
