import ArgumentParser
import KistClient
import KistPlatforms
import KistProtocol

struct PlatformCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "platform", abstract: "What Kist knows how to store, hand over and prove.",
        discussion: "Example:  kist platform show kumo", subcommands: [PlatformList.self, PlatformShow.self],
        defaultSubcommand: PlatformList.self)
}

struct PlatformList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The platforms.", discussion: "Example:  kist platform list")
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        var items: [JSONValue] = []
        var table = Table([.init("PLATFORM"), .init("WHAT IT IS", shrinks: true)])
        for entry in session.catalog.names() {
            do throws(Failure) {
                let platform = try session.platform(entry.name)
                items.append(
                    [
                        "name": .string(platform.name), "title": .string(platform.title),
                        "family": .string(platform.family),
                        "summary": .string(platform.summary),
                        "variants": .array(platform.variants.map { .string($0.name) }),
                        "file": entry.file.map { .string($0) },
                    ])
                let own = entry.file == nil ? "" : " (your own)"
                table.add([Phrase(platform.name), Phrase(platform.summary + own)])
            } catch {
                items.append(
                    [
                        "name": .string(entry.name), "error": .string(error.message),
                        "file": entry.file.map { .string($0) },
                    ])
                table.add([Phrase(entry.name), .bad("cannot be used: \(error.message)")])
            }
        }
        if json {
            session.printer.json(["items": .array(items)])
        } else {
            for line in table.lines(width: session.printer.columns) { session.printer.line(line) }
            session.printer.line(
                .quiet("your own:  \(Home.short(session.places.config, session.places.home))/platforms/NAME.toml"))
        }
        return ExitCode.done
    }
}

struct PlatformShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One platform: fields, variables, how it is proved.",
        discussion: "Example:  kist platform show snowflake")
    @Argument(help: "Its name.") var name: String
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        let platform = try session.platform(name)
        if json {
            session.printer.json(Self.json(platform))
            return ExitCode.done
        }
        let printer = session.printer
        printer.line(.strong(platform.name), "  ", Phrase(platform.summary))
        if !platform.variants.isEmpty {
            printer.line("")
            let widest = platform.variants.map(\.name.count).max() ?? 0
            for variant in platform.variants {
                let gap = String(repeating: " ", count: widest - variant.name.count + 2)
                printer.line("  --variant \(variant.name)\(gap)", .quiet(variant.title))
            }
        }
        printer.line("")
        var table = Table([.init("  FIELD"), .init("KIND"), .init("FORM", shrinks: true), .init("", shrinks: true)])
        for field in platform.fields {
            let kind = (field.isSecret ? "secret" : "plain") + (field.isRequired ? "" : ", optional")
            table.add([
                "  \(field.name)", Phrase(kind), Phrase(field.form.rawValue),
                .quiet(field.condition.variants.joined(separator: ", ")),
            ])
        }
        if platform.isFreeForm { table.add(["  any name", "secret or plain", "text", ""]) }
        for line in table.lines(width: printer.columns) { printer.line(line) }
        let names = Self.variables(platform)
        printer.line("")
        put("sets", names, printer)
        put("takes away", platform.unset.map(\.name).uniqued, printer)
        put("files", platform.files.map(\.path).uniqued, printer)
        for note in platform.notes { put("note", Self.words(note.text), printer) }
        if let rotation = platform.rotation { put("new key", Self.words(rotation.text), printer) }
        return ExitCode.done
    }

    /// What it is, and beside it the words, broken where the terminal ends; nothing without words.
    private func put(_ what: String, _ words: [String], _ printer: Printer) {
        let indent = 14
        let room = max(24, (printer.columns ?? .max) - indent)
        var (line, used) = ("", 0)
        var lines: [String] = []
        for word in words {
            let more = Phrase(word).columns
            if used > 0, used + 1 + more > room {
                lines.append(line)
                (line, used) = ("", 0)
            }
            line += (used > 0 ? " " : "") + word
            used += (used > 0 ? 1 : 0) + more
        }
        if used > 0 { lines.append(line) }
        for (index, line) in lines.enumerated() {
            let head = index == 0 ? what : ""
            printer.line("  ", .quiet(head + String(repeating: " ", count: indent - 2 - head.count)), Phrase(line))
        }
    }

    private static func words(_ text: String) -> [String] {
        text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    }

    private static func variables(_ platform: Platform) -> [String] {
        platform.environment.compactMap { $0.name.text(name: "NAME", plain: [:]) }.uniqued
    }

    private static func json(_ platform: Platform) -> JSONValue {
        let fields: [JSONValue] = platform.fields.map { field in
            [
                "name": .string(field.name), "title": .string(field.title), "secret": .bool(field.isSecret),
                "required": .bool(field.isRequired), "form": .string(field.form.rawValue),
                "variants": field.condition.variants.isEmpty
                    ? nil : .array(field.condition.variants.map { .string($0) }),
            ]
        }
        return [
            "name": .string(platform.name), "title": .string(platform.title), "family": .string(platform.family),
            "summary": .string(platform.summary), "freeForm": .bool(platform.isFreeForm),
            "variants": .array(platform.variants.map { .string($0.name) }), "fields": .array(fields),
            "sets": .array(variables(platform).map { .string($0) }),
            "unsets": .array(platform.unset.map { .string($0.name) }),
            "notes": .array(platform.notes.map { .string($0.text) }),
        ]
    }
}

extension [String] {
    /// Each once, in the order of first appearance.
    var uniqued: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
