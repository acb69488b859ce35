import KistClient
import KistProtocol
import SecretMemory

/// A second factor put beside a passphrase that stays what it is, or taken away.
enum SlotFactor {
    static func add(_ path: String, _ session: Session) throws(Failure) -> Int32 {
        let slot = try only(session, needing: false)
        let proof = try session.proof(.passphrase(session.passphraseSource), opening: slot)
        var material = SlotMaterial(session: session)
        material.factorFile = path
        let changed = try material.guardingFactor { () throws(Failure) in
            try session.renewSlot(proof, slot, hasFactor: true, try material.withFactor(proof.secrets.segment(0)))
        }
        session.printer.line(
            .good("✓"), Phrase(" The \(SlotWord.name(changed)) wants \(path) from now on; keep a copy of that file.")
        )
        return ExitCode.done
    }

    static func remove(_ session: Session) throws(Failure) -> Int32 {
        let slot = try only(session, needing: true)
        let proof = try session.proof(.passphrase(session.passphraseSource), opening: slot)
        let changed = try session.renewSlot(proof, slot, SecretSegments(proof.secrets.segment(0)))
        session.printer.line(.good("✓"), Phrase(" The \(SlotWord.name(changed)) opens by itself again."))
        return ExitCode.done
    }

    private static func only(_ session: Session, needing: Bool) throws(Failure) -> SlotSummary {
        let slots = try session.slots().filter { $0.kind == .passphrase && $0.needsFactor == needing }
        guard let first = slots.first else {
            throw Failure(
                needing ? "no passphrase wants a second factor" : "every passphrase wants a second factor already",
                code: ExitCode.notFound)
        }
        guard slots.count == 1 else {
            throw Failure.usage(
                "there are \(slots.count) passphrases that it could be",
                advice: ["make a new one with it:  kist slot add passphrase --factor FILE"])
        }
        return first
    }
}
