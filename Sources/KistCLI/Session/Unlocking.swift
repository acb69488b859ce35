private import Glibc
private import KistClient
package import KistProtocol
private import SecretMemory

extension Session {
    /// Where the passphrase comes from when the vault has to be opened.
    package enum PassphraseSource: Equatable {
        /// `--passphrase-fd`.
        case descriptor(Int32)
        /// `KIST_PASSPHRASE_FILE`.
        case file(String)
        case terminal
    }

    package var passphraseSource: PassphraseSource {
        if let descriptor = options.passphraseDescriptor { return .descriptor(descriptor) }
        if let path = environment.nonEmpty("KIST_PASSPHRASE_FILE") { return .file(path) }
        return .terminal
    }

    /// Unlocks because a command needs it.
    ///
    /// A passphrase from a descriptor or a file opens the vault for this connection alone.
    package func unlock() throws(Failure) {
        let source = passphraseSource
        var request = UnlockRequest()
        request.isLease = source != .terminal
        _ = try unlock(request, source: source)
    }

    /// - Returns: how long it stays unlocked.
    package func unlock(_ request: UnlockRequest, source: PassphraseSource) throws(Failure) -> UnlockResult {
        let what = request.with == .recovery ? "recovery code" : "passphrase"
        switch source {
        case .descriptor(let descriptor):
            let secret = try SecretReader.readAll(descriptor, what: "the \(what)", atMost: 65_536)
            return try tryUnlock(request, SecretReader.withoutLineEnd(secret))
        case .file(let path):
            return try tryUnlock(request, SecretReader.withoutLineEnd(try SecretReader.readPrivateFile(path)))
        case .terminal:
            guard let terminal = Terminal.open() else { throw Advice.lockedAndAlone }
            printer.flush()
            let attempts = 3
            for attempt in 1...attempts {
                let question = request.with == .recovery ? "Recovery code: " : "Passphrase: "
                let secret = try terminal.askSecret(question)
                guard secret.count > 0 else { throw Failure("nothing was entered", code: ExitCode.locked) }
                do throws(Failure) {
                    return try tryUnlock(request, secret)
                } catch {
                    guard error.code == ExitCode.notOpened, attempt < attempts else { throw error }
                    terminal.show("\(error.message)\n")
                }
            }
            throw Advice.notOpened
        }
    }

    /// One passphrase, tried once; a pause that the agent asks for is waited out and said.
    private func tryUnlock(_ request: UnlockRequest, _ secret: consuming SecretBytes) throws(Failure) -> UnlockResult {
        let secret = secret
        for _ in 0..<4 {
            do throws(ClientError) {
                return try agentForUnlock().unlock(request, secret: secret.copy())
            } catch {
                guard case .agent(let failure) = error, failure.kind == .wait else {
                    if error.kind == .retired {
                        reconnect()
                        continue
                    }
                    throw Advice.failure(error, vault: shownVault)
                }
                let pause = max(0, min(failure["milliseconds"]?.integer ?? 1_000, 10_000))
                printer.note("a wrong passphrase makes the next one wait: \(Advice.seconds(milliseconds: pause))")
                usleep(UInt32(pause) * 1_000)
            }
        }
        throw Advice.notOpened
    }

    private func agentForUnlock() throws(ClientError) -> AgentConnection {
        do throws(Failure) { return try agent() } catch { throw .cannotStart(error.message) }
    }
}
