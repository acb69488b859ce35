private import Glibc
internal import KistClient
private import KistCrypto
package import KistProtocol
internal import SecretMemory

extension Session {
    /// Where a new passphrase comes from, and the usual one when nothing else is said.
    package var passphraseSource: WayIn.PassphraseSource {
        if let descriptor = options.passphraseDescriptor { return .descriptor(descriptor) }
        if let path = environment.nonEmpty("KIST_PASSPHRASE_FILE") { return .file(path) }
        return .terminal
    }

    /// Where a recovery code comes from. `KIST_PASSPHRASE_FILE` holds a passphrase, which may lie there for other commands.
    package var recoverySource: WayIn.PassphraseSource {
        if let descriptor = options.passphraseDescriptor { return .descriptor(descriptor) }
        return .terminal
    }

    /// What the options and the environment hand over; `nil` when somebody has to be asked.
    package var givenWay: WayIn? {
        if passphraseSource != .terminal { return .passphrase(passphraseSource) }
        if let path = environment.nonEmpty("KIST_KEY_FILE") { return .keyFile(path) }
        if let folder = environment.nonEmpty("CREDENTIALS_DIRECTORY"), Home.exists(folder + "/" + Self.credentialName) {
            return .credential(folder + "/" + Self.credentialName)
        }
        return nil
    }

    /// The name that a credential of the service manager must have.
    package static let credentialName = "kist.key"

    /// Unlocks because a command needs it.
    ///
    /// What a descriptor, a file or the service manager hands over opens the vault for this connection alone. A keyring
    /// opens it without a question only at the first use in a session of the user's.
    package func unlock() throws(Failure) {
        if let way = givenWay {
            _ = try unlock(UnlockRequest(with: way.means, isLease: true), by: way)
        } else if try !unlockByKeyring() {
            _ = try unlock(UnlockRequest(), by: .passphrase(.terminal))
        }
    }

    /// What opened the vault, for the request that comes next.
    package struct Unlocked: ~Copyable {
        package let result: UnlockResult
        package let brought: Brought
    }

    /// - Parameters:
    ///   - request: its means and factor are set here.
    ///   - factor: the file of the second factor, else `KIST_FACTOR_FILE`, else asked for when one is wanted.
    package func unlock(
        _ request: UnlockRequest, by way: WayIn, factor: String? = nil, alone: Failure = Advice.lockedAndAlone
    ) throws(Failure) -> Unlocked {
        var result: UnlockResult?
        let brought = try attempt(way, factor: factor, alone: alone) { (proof, secrets) throws(ClientError) in
            var asked = request
            asked.with = proof.with
            asked.hasFactor = proof.hasFactor
            result = try openRemembering(asked, secrets)
        }
        guard let result else { throw Advice.notOpened(way.means) }
        return Unlocked(result: result, brought: brought)
    }

    /// Has `body` try what `way` brings; what is typed may be typed anew three times.
    ///
    /// - Returns: what was right.
    func attempt(
        _ way: WayIn, factor: String?, alone: Failure,
        _ body: (SlotProof, borrowing SecretSegments) throws(ClientError) -> Void
    ) throws(Failure) -> Brought {
        var factorFile = factor ?? environment.nonEmpty("KIST_FACTOR_FILE")
        if way.means != .passphrase { factorFile = nil }
        guard way.isAsked else {
            let brought = Brought(way.means, try way.read(), factor: try readFactor(factorFile))
            do throws(Failure) {
                try patiently(way) { () throws(ClientError) in try body(brought.proof, brought.secrets) }
            } catch { throw Self.isMistyped(error, way) ? Advice.noRecoveryCode : error }
            return brought
        }
        guard let terminal = person() else { throw way.means == .recovery ? Advice.aloneWithoutCode : alone }
        printer.flush()
        return try terminal.askingSecrets { () throws(Failure) in
            try attempt(way, factor: &factorFile, at: terminal, body)
        }
    }

    private func attempt(
        _ way: WayIn, factor factorFile: inout String?, at terminal: Terminal,
        _ body: (SlotProof, borrowing SecretSegments) throws(ClientError) -> Void
    ) throws(Failure) -> Brought {
        let attempts = 3
        for attempt in 1...attempts {
            let secret = try terminal.askSecret(way.question)
            guard secret.count > 0 else { throw Failure("nothing was entered", code: ExitCode.locked) }
            do throws(Failure) {
                var brought = Brought(way.means, secret, factor: try readFactor(factorFile))
                if try isFactorWanted(way, { () throws(ClientError) in try body(brought.proof, brought.secrets) }) {
                    let path = try terminal.ask("File of its second factor: ")
                    guard !path.isEmpty else { throw Failure("nothing was entered", code: ExitCode.locked) }
                    factorFile = path
                    brought = Brought(way.means, secret, factor: try readFactor(path))
                    try patiently(way) { () throws(ClientError) in try body(brought.proof, brought.secrets) }
                }
                return brought
            } catch {
                let failure = Self.isMistyped(error, way) ? Advice.noRecoveryCode : error
                guard failure.code == ExitCode.notOpened, attempt < attempts else { throw failure }
                terminal.show("\(failure.message)\n")
            }
        }
        throw Advice.notOpened(way.means)
    }

    /// A recovery code has a check of its own, so a slip of the pen is told from a wrong code, and costs no pause.
    private static func isMistyped(_ failure: Failure, _ way: WayIn) -> Bool {
        way.means == .recovery && failure.code == ExitCode.usage
    }

    private func readFactor(_ path: String?) throws(Failure) -> SecretBytes? {
        guard let path else { return nil }
        return try StoredKeyFile.read(path, .factor)
    }

    /// Runs `body`; whether it ended because a second factor is missing.
    private func isFactorWanted(_ way: WayIn, _ body: () throws(ClientError) -> Void) throws(Failure) -> Bool {
        var isWanted = false
        try patiently(way) { () throws(ClientError) in
            do throws(ClientError) { try body() } catch {
                guard error.kind == .factor else { throw error }
                isWanted = true
            }
        }
        return isWanted
    }

    /// One key, tried once; a pause that the agent asks for is waited out and said.
    private func patiently(_ way: WayIn, _ body: () throws(ClientError) -> Void) throws(Failure) {
        for _ in 0..<4 {
            do throws(ClientError) {
                return try body()
            } catch {
                if waitOut(error) { continue }
                guard error.kind == .retired else {
                    throw Advice.failure(error, vault: shownVault, bringing: way.means)
                }
                reconnect()
            }
        }
        throw Advice.notOpened(way.means)
    }

    /// Waits when the agent asks for a pause, and says so.
    ///
    /// - Returns: whether that was it, so that it can be tried again.
    func waitOut(_ error: ClientError) -> Bool {
        guard case .agent(let failure) = error, failure.kind == .wait else { return false }
        let pause = max(0, min(failure["milliseconds"]?.integer ?? 1_000, 10_000))
        printer.note("a wrong key makes the next one wait: \(Advice.seconds(milliseconds: pause))")
        usleep(UInt32(pause) * 1_000)
        return true
    }
}
