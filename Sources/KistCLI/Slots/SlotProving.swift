import KistClient
import KistCrypto
import KistProtocol
import SecretMemory

/// The proof that every change of slots asks for, and the changes made with it.
extension Session {
    /// The slots of the open vault, or what a locked one shows.
    func slots() throws(Failure) -> [SlotSummary] {
        if try state() == .absent { throw Advice.noVault(shownVault) }
        return try ask { (agent) throws(ClientError) in try agent.slots() }.items
    }

    /// A key that opens the vault: what just opened it when it was locked, else what is asked for now. The key in a keyring
    /// is none: it proves that the desktop is open, not who sits there.
    ///
    /// - Parameters:
    ///   - way: `nil` for what was handed over, else the passphrase.
    ///   - slot: the slot that it must open.
    func proof(_ way: WayIn? = nil, opening slot: SlotSummary? = nil) throws(Failure) -> Brought {
        if try state() == .absent { throw Advice.noVault(shownVault) }
        let way = way ?? givenWay ?? .passphrase(.terminal)
        if try state() == .locked {
            let unlocked = try unlock(UnlockRequest(isLease: !way.isAsked), by: way)
            // The answers from here on are those of an open vault.
            if let slot, unlocked.result.slot != slot.id { throw Self.opensAnother(slot) }
            return unlocked.brought
        }
        // Tried before anything new is asked for; what was handed over is tried by the change itself.
        guard way.isAsked || slot != nil else { return try attempt(way, factor: nil, alone: Advice.alone) { _, _ in } }
        return try attempt(way, factor: nil, alone: Advice.alone) { (proof, secrets) throws(ClientError) in
            _ = try agentOrClientError().slotTest(SlotTargetRequest(proof: proof, slot: slot?.id), secrets: secrets)
        }
    }

    private static func opensAnother(_ slot: SlotSummary) -> Failure {
        Failure("that opens the vault, but not by the \(SlotWord.name(slot))", code: ExitCode.notOpened)
    }

    /// Adds a slot; its material is copied behind the proof.
    func addSlot(
        _ brought: borrowing Brought, _ kind: SlotKind, label: String?, hasFactor: Bool = false,
        recipient: String? = nil, _ material: borrowing SecretSegments = SecretSegments()
    ) throws(Failure) -> SlotSummary {
        let request = SlotAddRequest(
            proof: brought.proof, kind: kind, label: label, hasFactor: hasFactor, recipient: recipient)
        let secrets = brought.secrets.appending(material)
        return try slotCall(brought.proof.with) { (agent) throws(ClientError) in
            try agent.slotAdd(request, secrets: secrets)
        }
    }

    /// New material for a slot.
    func renewSlot(
        _ brought: borrowing Brought, _ slot: SlotSummary, label: String? = nil, hasFactor: Bool = false,
        recipient: String? = nil, _ material: borrowing SecretSegments = SecretSegments()
    ) throws(Failure) -> SlotSummary {
        let request = SlotChangeRequest(
            proof: brought.proof, slot: slot.id, label: label, renew: true, hasFactor: hasFactor, recipient: recipient)
        let secrets = brought.secrets.appending(material)
        return try slotCall(brought.proof.with) { (agent) throws(ClientError) in
            try agent.slotChange(request, secrets: secrets)
        }
    }

    /// Makes a recovery code, hands it over, and has `body` put it into the vault once somebody has it: the former one opens
    /// nothing from then on.
    func newRecoveryCode(
        _ path: String?, json: Bool, _ body: (borrowing SecretSegments) throws(Failure) -> SlotSummary
    ) throws(Failure) -> SlotSummary {
        let place = try RecoveryHandOver(path, json: json)
        let code = RecoveryCode.encode(RecoveryCode.make())
        try place.give(code, printer)
        let material = SecretSegments(code.copy())
        let slot = try place.guarding { () throws(Failure) in try body(material) }
        place.showLast(code, printer)
        return slot
    }

    func removeSlot(_ brought: borrowing Brought, id: String) throws(Failure) {
        let request = SlotTargetRequest(proof: brought.proof, slot: id)
        try slotCall(brought.proof.with) { (agent) throws(ClientError) in
            try agent.slotRemove(request, secrets: brought.secrets)
        }
    }

    /// Proves that `key` opens the slot.
    func testSlot(_ brought: borrowing Brought, id: String?) throws(Failure) -> SlotSummary {
        let request = SlotTargetRequest(proof: brought.proof, slot: id)
        let agent = try agent()
        do throws(ClientError) { return try agent.slotTest(request, secrets: brought.secrets) } catch {
            throw Advice.failure(error, vault: shownVault, bringing: brought.proof.with)
        }
    }

    /// Has `body` change slots; a pause after a wrong proof is waited out and said, as for an unlock.
    ///
    /// - Parameter means: what proves it.
    /// - Throws: a `Failure` that says whether the change may have been made all the same.
    func slotCall<R: ~Copyable>(
        _ means: KeyMeans = .passphrase, _ body: (AgentConnection) throws(ClientError) -> R
    ) throws(Failure) -> R {
        let agent = try agent()
        for _ in 0..<4 {
            do throws(ClientError) { return try body(agent) } catch {
                if waitOut(error) { continue }
                var failure = Advice.failure(error, vault: shownVault, bringing: means)
                failure.isUncertain = error.isUncertain
                throw failure
            }
        }
        throw Advice.notOpened(means)
    }
}

extension ClientError {
    /// Whether the request may have been done all the same. Only an answer of the agent proves that it was not, and not
    /// when reading or writing failed: that may have been after the change.
    var isUncertain: Bool {
        switch self {
        case .agent(let failure): failure.kind == .io
        case .notRunning, .cannotStart, .unsafePlace, .foreignAgent, .noPlace, .tooLarge: false
        case .broken, .timeout, .silent: true
        }
    }
}
