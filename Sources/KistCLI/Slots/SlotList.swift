import ArgumentParser
import KistClient
import KistModel
import KistProtocol

struct SlotListCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The ways into the vault.", discussion: "Example:  kist slot list")
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        let slots = try session.slots()
        if json {
            session.printer.json(["items": .array(slots.map(\.json))])
            return ExitCode.done
        }
        var table = Table([
            .init("ID"), .init("KIND"), .init("LABEL", shrinks: true), .init("ADDED"), .init("TESTED"), .init(""),
        ])
        for slot in slots {
            table.add([
                Phrase(String(slot.id.prefix(8))), Phrase(SlotWord.word(slot.kind)), Phrase(slot.label ?? ""),
                Phrase(slot.created?.date ?? "–"), Phrase(slot.created == nil ? "–" : slot.tested?.date ?? "never"),
                slot.isUsed ? .warning("used: kist slot change recovery") : .quiet(remark(slot)),
            ])
        }
        for line in table.lines(width: session.printer.columns) { session.printer.line(line) }
        if slots.allSatisfy({ $0.created == nil }) {
            session.printer.line(.quiet("Labels and dates are sealed while the vault is locked."))
        }
        return ExitCode.done
    }

    private func remark(_ slot: SlotSummary) -> String {
        if let recipient = slot.recipient { return recipient }
        if slot.kind.isUnattended { return "unattended" }
        if slot.needsFactor { return "with a second factor" }
        return ""
    }
}
