import ArgumentParser
import KistClient
import KistProtocol

/// Shows, makes and takes back what a tool's own configuration needs to ask Kist.
enum Setup {
    static func execute(
        _ tool: any ToolSetup.Type, _ place: SetupPlace, show: Bool, undo: Bool, json: Bool, _ session: Session
    ) throws(Failure) -> Int32 {
        let printer = session.printer
        let edits = try tool.edits(place, undo: undo).filter(\.changesSomething)
        // What is there before anything is changed.
        let changes = edits.map { (path: path($0), lines: lines($0)) }
        if !show {
            for edit in edits {
                switch edit {
                case .file(let path, let before, let after):
                    try SetupFile.write(path, before: before, after: after)
                case .link(let path, let target): try SetupFile.setLink(path, target)
                }
            }
        }
        if json {
            printer.json([
                "tool": .string(tool.name), "done": .bool(!show),
                "changes": .array(
                    changes.map { ["path": .string($0.path), "lines": .array($0.lines.map { .string($0) })] }),
            ])
            return ExitCode.done
        }
        guard !edits.isEmpty else {
            printer.line(.quiet(undo ? "nothing of Kist's is there" : "it is set up already"))
            return ExitCode.done
        }
        for change in changes {
            printer.line(show ? "" : .good("✓ "), .strong(Home.short(change.path, place.home)))
            for line in change.lines {
                // A tab is how the tool indents, and nobody's trick.
                let shown = line.split(separator: "\t", omittingEmptySubsequences: false).joined(separator: "    ")
                printer.line("  ", Phrase(shown, line.hasPrefix("-") ? .quiet : .plain))
            }
        }
        if show {
            printer.line(.quiet("nothing was changed; without --show it will be"))
        } else if !undo {
            for note in tool.notes(place) { printer.line(.quiet(note)) }
            printer.line(.quiet("take it back:  \(place.undoing(tool.name))"))
        }
        return ExitCode.done
    }

    private static func path(_ edit: SetupEdit) -> String {
        switch edit {
        case .file(let path, _, _), .link(let path, _): path
        }
    }

    /// The lines that go and come; what is the same at both ends is not shown.
    private static func lines(_ edit: SetupEdit) -> [String] {
        switch edit {
        case .link(let path, let target):
            return (SetupFile.link(path).map { ["- link to \($0)"] } ?? []) + (target.map { ["+ link to \($0)"] } ?? [])
        case .file(_, let before, let after):
            var old = (before ?? "").linesByBytes.map(\.withoutReturn)[...]
            var new = (after ?? "").linesByBytes.map(\.withoutReturn)[...]
            while let first = old.first, first == new.first {
                old = old.dropFirst()
                new = new.dropFirst()
            }
            while let last = old.last, last == new.last {
                old = old.dropLast()
                new = new.dropLast()
            }
            return old.map { "- \($0)" } + new.map { "+ \($0)" }
        }
    }
}

struct SetupCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup", abstract: "Tell another tool to ask Kist, or take that back.",
        discussion: """
            \(Setups.all.map { $0.name + String(repeating: " ", count: 9 - $0.name.count) + $0.abstract }.joined(separator: "\n"))

            Example:  kist setup git --show
                      kist setup git
                      kist setup git --undo
            """)

    @Argument(help: "The tool.") var tool: String
    @Argument(help: "What it is set up for: hosts, or a credential.") var words: [String] = []
    @Option(name: .customLong("as"), help: ArgumentHelp("The name in the tool's own configuration.", valueName: "name"))
    var name: String?
    @Flag(help: "Only show what would change.") var show = false
    @Flag(help: "Take it back.") var undo = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        guard let setup = Setups.named(tool) else {
            throw Failure.usage("there is no such tool", advice: ["see them:  kist setup --help"])
        }
        let place = SetupPlace(
            environment: session.environment, home: session.places.home, program: try OwnProgram.path(),
            helper: try OwnProgram.helper(),
            overview: { (name) throws(Failure) in try session.overview(try session.profile(), name) }, words: words,
            name: name)
        return try Setup.execute(setup, place, show: show, undo: undo, json: json, session)
    }
}
