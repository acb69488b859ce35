import ArgumentParser
import KistClient
import KistModel
import KistPlatforms
import KistProtocol

/// The lines to write in a program, a notebook, a crontab.
enum How {
    static func execute(_ text: String, place: String?, json: Bool, _ session: Session) throws(Failure) -> Int32 {
        let name = try Read.credential(text)
        let profile = try session.profile()
        let overview = try session.overview(profile, name)
        let platform = try session.platform(of: overview)
        let plain = Dictionary(overview.plain.map { ($0.name.description, $0.value) }) { first, _ in first }
        let secrets = Set(overview.secrets.map(\.description))
        func applies(_ condition: Condition) -> Bool {
            condition.holds(variant: overview.variant, plain: plain, secrets: secrets)
        }
        let all: [HowTo] = platform.howTo.filter { applies($0.condition) }
        var wanted = all
        if let place {
            guard let known = HowTo.Place(rawValue: place) else {
                throw Failure.usage(
                    "there is no such place",
                    advice: ["one of:  " + HowTo.Place.allCases.map(\.rawValue).joined(separator: " ")])
            }
            wanted = all.filter { $0.place == known }
            guard !wanted.isEmpty else {
                throw Failure(
                    "\(platform.title) has no lines for \(place)",
                    advice: ["there are:  " + all.map(\.place.rawValue).uniqued.joined(separator: " ")],
                    code: ExitCode.notFound)
            }
        }
        func filled(_ text: String) -> String { Prose.fill(text, name: overview.name.description, plain: plain) }
        func lines(_ how: HowTo) -> String {
            Prose.fill(how.text, in: how.place, name: overview.name.description, plain: plain)
        }
        if json {
            session.printer.json([
                "items": .array(wanted.map { ["in": .string($0.place.rawValue), "text": .string(lines($0))] })
            ])
            return ExitCode.done
        }
        for (index, item) in wanted.enumerated() {
            if wanted.count > 1 {
                if index > 0 { session.printer.line("") }
                session.printer.line(.strong(item.place.rawValue))
            }
            for line in lines(item).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                .trimmingEmptyEnds
            {
                session.printer.line(Phrase((wanted.count > 1 ? "  " : "") + line))
            }
        }
        if place == nil {
            for note in platform.notes where applies(note.condition) {
                session.printer.line("")
                session.printer.line(.quiet(filled(note.text)))
            }
        }
        return ExitCode.done
    }
}

extension [String] {
    /// Without empty lines at both ends.
    var trimmingEmptyEnds: [String] {
        let front = drop { $0.isEmpty }
        return Array(front.reversed().drop { $0.isEmpty }.reversed())
    }
}

struct HowCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "how", abstract: "The lines to write: in Python, a notebook, curl, cron, docker.",
        discussion: "Example:  kist how kumo python")

    @Argument(help: "The credential.") var name: String
    @Argument(help: "python, notebook, curl, cron, systemd, docker or nginx; without it all.") var place: String?
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        try How.execute(name, place: place, json: json, session)
    }
}
