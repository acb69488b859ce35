import Glibc
import KistClient
import KistCrypto
import KistProtocol
import SecretMemory

/// A re-encryption from the question to its end. The agent does it; this asks, starts, and says how far it is.
struct Rekey {
    enum Form: String {
        case root, data, cost
    }

    struct Plan {
        let form: Form
        let stays: [SlotSummary]
        let ends: [SlotSummary]
        /// One that had begun and is not done.
        let open: RekeyProgress?
    }

    let session: Session
    let json: Bool

    // MARK: The plan

    /// - Parameter keyFiles: stored keys that are given along; the agent says which slot each of them opens.
    func plan(_ form: Form, keyFiles: borrowing SecretSegments) throws(Failure) -> Plan {
        let slots = try session.slots()
        let progress = try session.ask { (agent) throws(ClientError) in try agent.rekeyStatus() }
        let open = progress.phase == .none ? nil : progress
        guard form == .root, open == nil else { return Plan(form: form, stays: slots, ends: [], open: open) }
        var opened: Set<String> = []
        for number in 0..<keyFiles.count {
            let brought = Brought(.key, keyFiles.segment(number).copy(), factor: nil)
            opened.insert(try session.testSlot(brought, id: nil).id)
        }
        var passphrases = 0
        var (stays, ends): ([SlotSummary], [SlotSummary]) = ([], [])
        for slot in slots {
            switch slot.kind {
            case .recovery, .recipient: stays.append(slot)
            case .passphrase:
                passphrases += 1
                if passphrases == 1 { stays.append(slot) } else { ends.append(slot) }
            case .keyFile, .credential:
                if opened.contains(slot.id) { stays.append(slot) } else { ends.append(slot) }
            case .keyring: ends.append(slot)
            }
        }
        guard passphrases > 0 else {
            throw Failure(
                "a change of every key is proved by a passphrase, and this vault has none",
                advice: ["add one first:  kist slot add passphrase", "or:             kist rekey --data-key-only"])
        }
        return Plan(form: form, stays: stays, ends: ends, open: open)
    }

    func show(plan: Plan) throws(Failure) -> Int32 {
        if json {
            session.printer.json(
                [
                    "form": .string(plan.form.rawValue), "stays": .array(plan.stays.map(\.json)),
                    "ends": .array(plan.ends.map(\.json)), "open": plan.open?.json,
                ])
            return ExitCode.done
        }
        for line in lines(plan) { session.printer.line(Phrase(line)) }
        return ExitCode.done
    }

    private func lines(_ plan: Plan) -> [String] {
        if let open = plan.open {
            return [
                "One has begun and is not done (\(Self.words(open))): it goes on, and this one is not begun before that is done."
            ]
        }
        var lines: [String] = []
        switch plan.form {
        case .root: lines.append("The root, every way in and every row get another key.")
        case .data: lines.append("Every row gets another key; root and ways in stay.")
        case .cost: lines.append("The passphrase's cost changes; nothing is encrypted anew.")
        }
        if plan.form == .root {
            for slot in plan.stays { lines.append("  stays  \(SlotWord.name(slot))") }
            for slot in plan.ends { lines.append("  ends   \(SlotWord.name(slot))") }
            if plan.stays.count(where: { $0.kind == .passphrase }) == 1,
                plan.ends.contains(where: { $0.kind == .passphrase })
            {
                lines.append("Of several passphrases the one that you give stays.")
            }
        }
        lines.append("Copies and backups from before keep what they hold, and open as they did.")
        return lines
    }

    // MARK: Doing it

    func run(_ form: Form, keyFiles: [String], yes: Bool) throws(Failure) -> Int32 {
        // First, so that a locked vault is opened by it and nobody is asked twice.
        if form == .root { return try changeRoot(try session.proof(), keyFiles: keyFiles, yes: yes) }
        let plan = try plan(form, keyFiles: SecretSegments())
        if plan.open != nil { return try finishOther() }
        _ = try session.ask { (agent) throws(ClientError) in try agent.rekey(RekeyRequest(.data)) }
        return try follow(form)
    }

    private func changeRoot(_ proof: borrowing Brought, keyFiles: [String], yes: Bool) throws(Failure) -> Int32 {
        let keys = try Self.read(keyFiles)
        let plan = try plan(.root, keyFiles: keys)
        if plan.open != nil { return try finishOther() }
        if !yes {
            guard let terminal = Terminal.open() else {
                throw Failure.usage(
                    "this cannot be called back, and there is no terminal to ask", advice: ["say so:  --yes"])
            }
            session.printer.flush()
            for line in lines(plan) { terminal.show(line + "\n") }
            guard try terminal.confirm("Go on?") else { throw Failure("nothing was changed") }
        }
        let request = RekeyRequest(.root, proof: proof.proof, keys: keyFiles.count)
        let secrets = proof.secrets.appending(keys)
        do throws(Failure) {
            _ = try session.slotCall { (agent) throws(ClientError) in try agent.rekey(request, secrets: secrets) }
        } catch { throw begun(error) }
        return try follow(.root)
    }

    /// A missing answer is not a missing deed: what the vault says now settles it, as far as it can be asked.
    private func begun(_ failure: Failure) -> Failure {
        guard failure.isUncertain else { return failure }
        session.reconnect()
        var failure = failure
        let progress: RekeyProgress
        do throws(ClientError) { progress = try session.agentOrClientError().rekeyStatus() } catch {
            failure.advice = [
                "it is not known whether the re-encryption began: the next unlock goes on with one that did",
                "see:  kist unlock, then kist rekey --dry-run",
            ]
            return failure
        }
        failure.advice =
            progress.phase == .none
            ? ["none is under way; if slots have other ids now, it is done:  kist slot list"]
            : ["it has begun all the same and goes on; wait for its end:  kist rekey"]
        return failure
    }

    static func read(_ keyFiles: [String]) throws(Failure) -> SecretSegments {
        var keys = SecretSegments()
        for file in keyFiles { keys = keys.appending(SecretSegments(try StoredKeyFile.read(file, .key))) }
        return keys
    }

    /// Goes on with one that had begun, to its end. It may have been of another form, or have begun before what this one is
    /// for became known: that this one was done is not said.
    private func finishOther() throws(Failure) -> Int32 {
        _ = try session.ask { (agent) throws(ClientError) in try agent.rekey(RekeyRequest(.resume)) }
        try wait()
        throw Failure(
            "a re-encryption was under way and is done now; another one was not begun",
            advice: ["if that one was not enough:  kist rekey"])
    }

    /// The same passphrase in the same slot, with another cost and another salt.
    func changeCost(_ level: KDFLevel) throws(Failure) -> Int32 {
        let proof = try session.proof()
        guard proof.proof.with == .passphrase else { throw Failure.usage("--kdf is about the passphrase: give that") }
        let proved = try session.slotCall { (agent) throws(ClientError) in
            try agent.slotTest(SlotTargetRequest(proof: proof.proof), secrets: proof.secrets)
        }
        let request = SlotChangeRequest(
            proof: proof.proof, slot: proved.id, renew: true, hasFactor: proof.proof.hasFactor,
            passes: level.cost.passes, memory: level.cost.memory)
        let secrets = proof.secrets.appending(proof.secrets)
        let reply = try session.slotCall { (agent) throws(ClientError) in
            try agent.slotChange(request, secrets: secrets)
        }
        if json {
            session.printer.json(["slot": reply.json])
        } else {
            session.printer.line(
                .good("✓"),
                Phrase(" A guess costs \(level.cost.passes) passes over \(level.cost.memory >> 10) MiB now."))
        }
        return ExitCode.done
    }

    private func follow(_ form: Form) throws(Failure) -> Int32 {
        try wait()
        if json {
            session.printer.json(["done": true])
        } else if form == .root {
            session.printer.line(.good("✓"), " Every row has another key; the former one is gone from the vault.")
        } else {
            session.printer.line(
                .good("✓"), " Every row has another data key; root and ways in are what they were.")
        }
        return ExitCode.done
    }

    /// For the end; the agent needs nobody for it.
    private func wait() throws(Failure) {
        var told = -1
        var polls = 0
        while true {
            let progress = try session.ask { (agent) throws(ClientError) in try agent.rekeyStatus() }
            if let stopped = progress.stopped {
                throw Failure(
                    "the re-encryption stopped: \(stopped)",
                    advice: [
                        "what is moved is moved, what is not opens as before; look at it:  kist doctor --deep",
                        "go on with it:  kist rekey",
                    ])
            }
            if progress.phase == .none { break }
            // After a second, and then not more often than at each tenth.
            let tenth = progress.rows > 0 ? Int(progress.done * 10 / progress.rows) : 0
            let stage = (progress.phase == .checking ? 100 : 0) + tenth
            if !json, polls >= 10, stage != told, isatty(2) == 1 {
                session.printer.note(Phrase(Self.words(progress)))
                told = stage
            }
            polls += 1
            usleep(100_000)
        }
    }

    private static func words(_ progress: RekeyProgress) -> String {
        let what = progress.phase == .checking ? "checked" : "encrypted anew"
        return "\(progress.done) of \(progress.rows) rows \(what)"
    }
}
