import KistClient
import KistCrypto
import KistProtocol
import SecretMemory

/// A slot whose key is in the desktop's keyring.
struct KeyringSlot {
    let session: Session

    /// Says early what would go wrong late, before a passphrase is asked for.
    func requireKeyring(collection: String?) throws(Failure) {
        let request = KeyringRequest(.probe, collection: collection, milliseconds: KeyringHelper.quick)
        let answer = try session.keyringHelper().ask(request).answer
        // One that does not run yet is started when the key is put there.
        guard answer.outcome != .noService else { return }
        if let failure = KeyringFailure.failure(answer) { throw failure }
    }

    /// Adds the slot, keeps its key and reads it back. When the keyring refuses, the slot goes again.
    func add(label: String?, collection: String?, _ brought: borrowing Brought) throws(Failure) -> SlotSummary {
        let key = StoredKeyText.make()
        let slot = try session.addSlot(brought, .keyring, label: label, SecretSegments(key.copy()))
        let request = KeyringRequest(
            .set, slot: slot.id, collection: collection, label: "Kist: opens \(session.shownVault)", mayAsk: true,
            milliseconds: KeyringHelper.patient)
        let kept = try session.keyringHelper().ask(request, SecretSegments(StoredKeyText.key.encode(key))).answer
        if let failure = KeyringFailure.failure(kept) {
            try session.removeSlot(brought, id: slot.id)
            // It may have been kept all the same, and only not be read back in time.
            _ = try session.keyringHelper().ask(
                KeyringRequest(.remove, slot: slot.id, milliseconds: KeyringHelper.brief))
            throw failure
        }
        return try session.testSlot(Brought(.key, try session.keyFromKeyring(slot: slot.id), factor: nil), id: slot.id)
    }

    /// Takes the key of a slot that is gone out of the keyring.
    ///
    /// - Returns: what the keyring said, when it still has it.
    func forget(id: String) -> String? {
        guard let helper = KeyringHelper.beside(session.environment) else { return "kist-keyring cannot be found" }
        let request = KeyringRequest(.remove, slot: id, mayAsk: true, milliseconds: KeyringHelper.patient)
        let answer = helper.ask(request).answer
        switch answer.outcome {
        case .done, .nothing: return nil
        default: return KeyringFailure.words(answer)
        }
    }
}
