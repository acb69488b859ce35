import KistClient
import KistPosix
import KistProtocol
import SecretMemory

/// What the desktop's keyring remembers of the vault: a second place beside the state folder, which the agent cannot reach.
/// It is no secret, it may lag behind, and nothing fails for the want of it.
struct KeyringMemory {
    let session: Session
    private let helper: KeyringHelper

    /// `nil` where there is no message bus, and so nothing to be asked.
    init?(_ session: Session) {
        guard let helper = KeyringHelper.beside(session.environment), Self.hasBus(session.environment) else {
            return nil
        }
        self.session = session
        self.helper = helper
    }

    private static func hasBus(_ environment: Variables) -> Bool {
        if environment.nonEmpty("DBUS_SESSION_BUS_ADDRESS") != nil { return true }
        return environment.nonEmpty("XDG_RUNTIME_DIR").map { Home.exists($0 + "/bus") } ?? false
    }

    private var vault: String { AgentPlace.tag(ofVault: session.places.vault) }

    /// Before an unlock: what the keyring remembers, where the state folder has nothing.
    func kept() -> [UInt8]? {
        guard (try? session.agentOrClientError().status().isUnseen) == true else { return nil }
        return recall().bytes
    }

    /// - Returns: what is kept, and whether the keyring answered at all.
    private func recall() -> (bytes: [UInt8]?, hasAnswered: Bool) {
        let reply = helper.ask(KeyringRequest(.recall, vault: vault, milliseconds: KeyringHelper.brief))
        guard reply.answer.outcome == .done, reply.segments.count == 1 else {
            return (nil, reply.answer.outcome == .nothing)
        }
        return (reply.segments.withSegment(0) { SeenText.decode($0) }, true)
    }

    /// The vault has just been put there: whatever was remembered at its path was of another one, or of an earlier one.
    static func begin(_ session: Session) {
        KeyringNote(session.places).void()
        KeyringMemory(session)?.keep(generation: 0, isAnswered: true)
    }

    /// After an unlock: has the keyring remember the state that was opened, if it is a newer one.
    ///
    /// - Parameter isAnswered: somebody said that this vault is the right one, whatever was remembered.
    func keep(generation: UInt64?, isAnswered: Bool) {
        let note = KeyringNote(session.places)
        guard let generation, isAnswered || note.generation != generation else { return }
        // Until the keyring has it: somebody has answered once, and is not asked again.
        if isAnswered { note.void() }
        do throws(ClientError) {
            var kept: [UInt8]?
            if !isAnswered, !note.isVoid {
                let found = recall()
                guard found.hasAnswered else { return }
                kept = found.bytes
            }
            let seen = try session.agentOrClientError().seen(kept: kept)
            switch seen.verdict {
            case .later: return warn("a later state of this vault: this is an older copy", "--accept-older")
            case .other: return warn("another history of this vault", "--accept-fork")
            case .same: return note.write(generation)
            case .none, .earlier: break
            }
            let text = SecretSegments(SecretBytes(copyingExposed: SeenText.encode(seen.seen).utf8))
            let request = KeyringRequest(
                .remember, vault: vault, label: "Kist: the last state of \(session.shownVault) (no secret)",
                milliseconds: KeyringHelper.brief)
            if helper.ask(request, text).answer.outcome == .done { note.write(seen.generation) }
        } catch { return }
    }

    private func warn(_ what: String, _ option: String) {
        session.printer.note(Phrase("the keyring remembers \(what). If that was you:  kist unlock \(option)"))
    }
}

extension Session {
    /// The unlock itself, with what the keyring remembers of the vault where the state folder has nothing; afterwards the
    /// keyring remembers what was opened.
    func openRemembering(
        _ request: UnlockRequest, _ secrets: borrowing SecretSegments
    ) throws(ClientError) -> UnlockResult {
        let memory = KeyringMemory(self)
        var asked = request
        asked.kept = memory?.kept()
        let result = try agentOrClientError().unlock(asked, secrets: secrets)
        memory?.keep(generation: result.generation, isAnswered: request.acceptOlder || request.acceptFork)
        return result
    }
}
