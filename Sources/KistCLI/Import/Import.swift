import KistClient
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

/// Takes what a file of another program holds into the vault: a plan first, then all of it or nothing.
enum Import {
    static func execute(_ input: ImportInput, _ session: Session) throws(Failure) -> Int32 {
        let foreign = try ForeignReading.read(input.path, as: input.format, session)
        var leftOut = foreign.leftOut
        guard !foreign.isEmpty else {
            throw Failure.usage(
                "there is nothing to take in \(input.path == "-" ? "standard input" : input.path)", advice: leftOut)
        }
        let platforms = session.catalog.names().compactMap { try? session.platform($0.name) }
        let drafting = ForeignDrafting(platforms: platforms, profile: try session.profile(), input: input)
        var all = try drafting.items(foreign, leftOut: &leftOut)
        if all.items.isEmpty, all.problems.isEmpty {
            throw Failure.usage(
                "there is nothing to store", advice: leftOut + all.stillThere.advice(input.path))
        }
        if !all.problems.isEmpty {
            if !input.json { ImportReport.show(all.items, leftOut, foreign.notes, session) }
            throw Failure.usage("not everything fits, so nothing was stored", advice: all.problems)
        }
        try Merge.judge(&all, session)
        let wanted = all.items.filter { item in
            switch item.fate {
            case .new: true
            case .same: false
            case .differs: input.replaces
            }
        }
        if !input.json { ImportReport.show(all.items, leftOut, foreign.notes, session) }
        if wanted.isEmpty || input.plansOnly {
            ImportReport.end(all.items, stored: [], leftOut, all.stillThere, input, session)
            return ExitCode.done
        }
        if input.asks { try agree(wanted.count, session) }
        let segments = all.segments(of: wanted)
        let items = wanted.map(\.item)
        _ = try session.ask { (agent) throws(ClientError) in try agent.put(items, secrets: segments, why: "import") }
        ImportReport.end(all.items, stored: wanted, leftOut, all.stillThere, input, session)
        return ExitCode.done
    }

    private static func agree(_ count: Int, _ session: Session) throws(Failure) {
        guard let terminal = Terminal.open() else {
            throw Failure.usage("there is no terminal to agree to this", advice: ["say so:  --yes"])
        }
        session.printer.flush()
        guard try terminal.confirm("Store \(Words.count(count, "credential"))?") else {
            throw Failure("nothing was stored")
        }
    }
}
