import ArgumentParser
import KistClient
import KistModel
import KistProtocol

struct UnlockCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Open the vault for a while.",
        discussion: """
            Without --for: until it was unused for 15 minutes, 8 hours at most.

            Example:  kist unlock --for 10h
            """)

    @Option(name: .customLong("for"), help: ArgumentHelp("How long, used or not.", valueName: "10h")) var length:
        String?
    @Flag(help: "With the recovery code instead of the passphrase.") var recovery = false
    @Flag(help: "Go on with a copy that is older than was seen here.") var acceptOlder = false
    @Flag(help: "Go on with a copy whose history differs from what was seen here.") var acceptFork = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    /// In seconds.
    private var longest: Int64 { 366 * 86_400 }

    func execute(_ session: Session) throws(Failure) -> Int32 {
        var request = UnlockRequest(with: recovery ? .recovery : .passphrase)
        if let length {
            guard let seconds = Read.duration(length), seconds <= longest else {
                throw Failure.usage("--for takes a length of time up to a year: 10h, 30m")
            }
            request.seconds = seconds
        }
        request.acceptOlder = acceptOlder
        request.acceptFork = acceptFork
        let asked = request
        if try session.state() == .absent { throw Advice.noVault(session.shownVault) }
        let result = try session.unlock(asked, source: session.passphraseSource)
        if json {
            session.printer.json(result.json)
        } else {
            session.printer.line(.good("✓"), Phrase(" Unlocked \(UnlockWords.words(result))."))
        }
        return ExitCode.done
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
        }
        if json {
            session.printer.json(["locked": true, "was": .string(was ? "unlocked" : "locked")])
        } else {
            session.printer.line(.good("✓"), was ? " Locked." : " It was locked already.")
        }
        return ExitCode.done
    }
}
