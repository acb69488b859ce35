import ArgumentParser
import KistClient
import KistProtocol
import SecretMemory

struct SlotChangeCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Give a way in another key, or another label.",
        discussion: """
            A passphrase is asked for anew, a recovery code and the key of a keyring are made anew, a key file or \
            credential is made anew in a new FILE. With --label alone the key stays.

            Example:  kist slot change passphrase
                      kist slot change recovery
                      kist slot change 3f9a --label laptop
            """)

    @Argument(help: "Its id, label, or kind when there is one of it.") var slot: String
    @Argument(help: "The new file, or the recipient's new key.") var value: String?
    @Option(help: ArgumentHelp("What you call it.", valueName: "text")) var label: String?
    @Option(help: ArgumentHelp("A second factor for the new passphrase; made when it is not there.", valueName: "file"))
    var factor: String?
    @Option(
        name: .customLong("new-passphrase-fd"),
        help: ArgumentHelp("The new passphrase, from this descriptor.", valueName: "n"))
    var newPassphraseDescriptor: Int32?
    @Option(help: ArgumentHelp("Write the recovery code to a new file of mode 0600.", valueName: "file"))
    var recoveryFile: String?
    @Flag(help: "Prove it with the recovery code instead of the passphrase.") var recovery = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        let slot = try SlotWord.find(self.slot, in: try session.slots())
        let way: WayIn? = recovery ? .recovery(session.recoverySource) : nil
        let isLabelAlone =
            label != nil && value == nil && factor == nil && newPassphraseDescriptor == nil && recoveryFile == nil
        let changed = isLabelAlone ? try relabel(slot, way, session) : try renew(slot, way, session)
        if json {
            session.printer.json(["slot": changed.json])
        } else {
            session.printer.line(.good("✓"), Phrase(" Changed the \(SlotWord.name(changed))."))
        }
        return ExitCode.done
    }

    private func relabel(_ slot: SlotSummary, _ way: WayIn?, _ session: Session) throws(Failure) -> SlotSummary {
        let proof = try session.proof(way)
        let request = SlotChangeRequest(proof: proof.proof, slot: slot.id, label: label)
        return try session.slotCall(proof.proof.with) { (agent) throws(ClientError) in
            try agent.slotChange(request, secrets: proof.secrets)
        }
    }

    private func renew(_ slot: SlotSummary, _ way: WayIn?, _ session: Session) throws(Failure) -> SlotSummary {
        var material = SlotMaterial(session: session)
        switch slot.kind {
        case .passphrase:
            material.passphraseDescriptor = newPassphraseDescriptor
            material.factorFile = factor ?? (slot.needsFactor ? session.environment.nonEmpty("KIST_FACTOR_FILE") : nil)
            guard !slot.needsFactor || material.factorFile != nil else {
                throw Failure.usage(
                    "this passphrase has a second factor, which the new one would lose",
                    advice: ["keep one:       --factor FILE", "or give it up:  kist slot remove factor"])
            }
            let factor = material.factorFile
            let proof = try session.proof(way)
            return try material.guardingFactor { () throws(Failure) in
                try session.renewSlot(proof, slot, label: label, hasFactor: factor != nil, try material.passphrase())
            }
        case .recovery:
            try material.requireNew(recoveryFile)
            let proof = try session.proof(way)
            return try session.newRecoveryCode(recoveryFile, json: json) { (code) throws(Failure) in
                try session.renewSlot(proof, slot, label: label, code)
            }
        case .keyring:
            // The new one is kept and proved before the old one goes: no moment without either.
            let keyring = KeyringSlot(session: session)
            try keyring.requireKeyring(collection: nil)
            let proof = try session.proof(way)
            let new = try keyring.add(label: label ?? slot.label, collection: nil, proof)
            try session.removeSlot(proof, id: slot.id)
            if let problem = keyring.forget(id: slot.id) {
                session.printer.note(Phrase("the old key stays there: \(problem)"))
            }
            return new
        case .keyFile, .credential:
            guard let value else {
                throw Failure.usage("name the new file", advice: ["kist slot change \(SlotWord.word(slot.kind)) FILE"])
            }
            try material.requireNew(value)
            let proof = try session.proof(way)
            let renewed = { (key: borrowing SecretSegments) throws(Failure) in
                try session.renewSlot(proof, slot, label: label, key)
            }
            return slot.kind == .keyFile
                ? try material.withKeyFile(value, renewed) : try material.withCredential(value, renewed)
        case .recipient:
            throw Failure.usage(
                "a recipient has another key only as another recipient",
                advice: ["kist slot add recipient KEY", "kist slot remove \(slot.id.prefix(8))"])
        }
    }
}
