import ArgumentParser
import KistClient
import KistProtocol
import SecretMemory

struct SlotTestCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Prove that a way in really opens the vault.",
        discussion: """
            passphrase and recovery are asked for, keyring asks the desktop; key-file FILE and identity FILE read that \
            file, credential the one that the service manager hands over. Nothing is changed but the date.

            Example:  kist slot test recovery
                      kist slot test key-file nightly.key
            """)

    @Argument(help: "passphrase, recovery, keyring, key-file, credential or identity; or a slot's id.") var what: String
    @Argument(help: "The file.") var file: String?
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        let slots = try session.slots()
        var wanted: SlotSummary?
        var kind = what == "identity" ? SlotKind.recipient : SlotWord.kind(what)
        if kind == nil {
            wanted = try SlotWord.find(what, in: slots)
            kind = wanted?.kind
        }
        let tested: SlotSummary
        if kind == .keyring {
            let slot: SlotSummary
            if let wanted { slot = wanted } else { slot = try SlotWord.find("keyring", in: slots) }
            tested = try test(Brought(.key, try session.keyFromKeyring(slot: slot.id), factor: nil), slot, session)
        } else {
            tested = try test(try way(kind, session), wanted, session)
        }
        if json {
            session.printer.json(["slot": tested.json])
        } else {
            session.printer.line(.good("✓"), Phrase(" The \(SlotWord.name(tested)) opens the vault."))
        }
        return ExitCode.done
    }

    private func way(_ kind: SlotKind?, _ session: Session) throws(Failure) -> WayIn {
        switch kind {
        case .recovery: return .recovery(session.recoverySource)
        case .keyFile: return .keyFile(try named())
        case .recipient: return .identity(try named())
        case .credential:
            guard case .credential(let path)? = session.givenWay else {
                throw Failure.usage("no service manager hands a credential over here (CREDENTIALS_DIRECTORY)")
            }
            return .credential(path)
        case .passphrase, .keyring, nil: return .passphrase(session.passphraseSource)
        }
    }

    private func named() throws(Failure) -> String {
        guard let file else { throw Failure.usage("name the file:  kist slot test \(what) FILE") }
        return file
    }

    /// A locked vault is opened with what is tested; the test itself then opens that slot and no other.
    private func test(_ way: WayIn, _ slot: SlotSummary?, _ session: Session) throws(Failure) -> SlotSummary {
        if try session.state() == .locked {
            let unlocked = try session.unlock(UnlockRequest(isLease: true), by: way, alone: Advice.alone)
            return try session.testSlot(unlocked.brought, id: slot?.id)
        }
        var tested: SlotSummary?
        _ = try session.attempt(way, factor: nil, alone: Advice.alone) { (proof, secrets) throws(ClientError) in
            let request = SlotTargetRequest(proof: proof, slot: slot?.id)
            tested = try session.agentOrClientError().slotTest(request, secrets: secrets)
        }
        guard let tested else { throw Advice.notOpened(way.means) }
        return tested
    }

    private func test(
        _ brought: borrowing Brought, _ slot: SlotSummary, _ session: Session
    ) throws(Failure) -> SlotSummary {
        if try session.state() == .locked {
            let request = UnlockRequest(with: .key, isLease: true)
            let key = brought.secrets.segment(0)
            _ = try session.slotCall(brought.proof.with) { (agent) throws(ClientError) in
                try agent.unlock(request, secret: key.copy())
            }
        }
        return try session.testSlot(brought, id: slot.id)
    }
}
