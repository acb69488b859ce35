internal import KistClient
internal import KistProtocol
internal import SecretMemory

extension Session {
    /// Opens the vault with the key in the desktop's keyring when it has not been opened since the user's session began.
    /// After `kist lock` and after the longest time that needs a word from somebody.
    ///
    /// - Returns: whether it is open now; why not is said only where it is news.
    func unlockByKeyring() throws(Failure) -> Bool {
        let slots: SlotsResult
        do throws(ClientError) { slots = try agentOrClientError().slots() } catch { return false }
        guard slots.isFirst, let slot = slots.items.first(where: { $0.kind == .keyring }) else { return false }
        guard let helper = KeyringHelper.beside(environment) else { return false }
        let reply = helper.ask(KeyringRequest(.get, slot: slot.id, milliseconds: KeyringHelper.quick))
        guard let key = reply.key() else {
            switch reply.answer.outcome {
            case .noBus, .noService, .nothing: break
            default: printer.note(Phrase(KeyringFailure.words(reply.answer)))
            }
            return false
        }
        do throws(ClientError) {
            _ = try openRemembering(UnlockRequest(with: .key), SecretSegments(key))
            return true
        } catch {
            // Anything but a wrong key is so for every way in.
            guard error.kind == .wrongKey || error.kind == .wait else {
                throw Advice.failure(error, vault: shownVault)
            }
            printer.note("the key in the keyring does not open this vault")
            return false
        }
    }

    /// Opens the vault with the key in the desktop's keyring because somebody said so; the desktop may ask for the
    /// keyring's password.
    func unlockByKeyring(_ request: UnlockRequest) throws(Failure) -> UnlockResult {
        let slots = try ask { (agent) throws(ClientError) in try agent.slots() }.items.filter { $0.kind == .keyring }
        guard !slots.isEmpty else {
            throw Failure(
                "no keyring can open this vault", advice: ["let yours do it:  kist slot add keyring"],
                code: ExitCode.notFound)
        }
        var last: Failure?
        for slot in slots {
            do throws(Failure) { return try unlock(request, slot: slot.id) } catch { last = error }
        }
        throw last ?? Advice.notOpened(.key)
    }

    private func unlock(_ request: UnlockRequest, slot: String) throws(Failure) -> UnlockResult {
        let key = try keyFromKeyring(slot: slot)
        var asked = request
        asked.with = .key
        do throws(ClientError) { return try openRemembering(asked, SecretSegments(key)) } catch {
            throw Advice.failure(error, vault: shownVault, bringing: .key)
        }
    }

    /// - Throws: a `Failure` that says what the keyring said.
    func keyFromKeyring(slot: String) throws(Failure) -> SecretBytes {
        let reply = try keyringHelper().ask(
            KeyringRequest(.get, slot: slot, mayAsk: true, milliseconds: KeyringHelper.patient))
        if let failure = KeyringFailure.failure(reply.answer) { throw failure }
        guard let key = reply.key() else {
            throw Failure("what the keyring holds for this vault is no key of Kist", code: ExitCode.notOpened)
        }
        return key
    }

    func keyringHelper() throws(Failure) -> KeyringHelper {
        guard let helper = KeyringHelper.beside(environment) else {
            throw Failure("kist-keyring cannot be found", advice: ["install all programs in one folder"])
        }
        return helper
    }
}
