import ArgumentParser
import KistClient
import KistModel
import KistProtocol
import SecretMemory

struct RenderInput: Equatable {
    /// A template's path, or the names of credentials for a form.
    var words: [String] = []
    var form: RenderForm?
    var path: String?
    var overwrite = false
    var reveal = false
    var reason: String?
    var allowExpired = false
}

/// Writes a file that a program reads its credentials from.
enum Render {
    static func execute(_ input: RenderInput, _ session: Session) throws(Failure) -> Int32 {
        if session.printer.isTerminal, input.path == nil, !input.reveal {
            throw Failure.usage(
                "what is rendered holds secrets in clear, and this is a terminal",
                advice: ["into a file only you can read:  -o FILE", "here, all the same:  --reveal"])
        }
        guard let form = input.form else {
            guard input.words.count == 1 else {
                throw Failure.usage(
                    "one template, or --as FORM with names",
                    advice: ["kist render TEMPLATE -o FILE", "kist render --as pgpass NAME -o FILE"])
            }
            return try write(try template(input.words[0], input, session), input, session)
        }
        guard !input.words.isEmpty else {
            throw Failure.usage("of which credentials?", advice: ["kist render --as \(form.rawValue) NAME -o FILE"])
        }
        let keys = KeyFiles()
        let text = try FormRendering(session: session, form: form, path: input.path, keys: keys).render(input)
        if let path = input.path, !keys.isEmpty {
            try RenderedFile.check(text, path, overwriting: input.overwrite)
            try keys.write(session.printer)
        }
        do throws(Failure) { return try write(text, input, session) } catch {
            keys.undo()
            throw error
        }
    }

    private static func template(
        _ path: String, _ input: RenderInput, _ session: Session
    ) throws(Failure) -> SecretBytes {
        let isInput = path == "-"
        let text =
            isInput
            ? try SecretReader.readAll(0, what: "standard input")
            : try SecretReader.readFile(path, what: path)
        let what = isInput ? "standard input" : path
        let template = try RenderTemplate(parsing: text, what: what)
        return try TemplateRendering(
            session: session, what: what, reason: input.reason, allowExpired: input.allowExpired
        ).render(template)
    }

    private static func write(
        _ text: borrowing SecretBytes, _ input: RenderInput, _ session: Session
    ) throws(Failure) -> Int32 {
        try RenderedFile.hand(text, to: input.path, overwriting: input.overwrite, session.printer)
        return ExitCode.done
    }
}

struct RenderCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Write the file that a program reads its credentials from.",
        usage: "kist render <template> [-o <file>]\n       kist render --as <form> <name> ... [-o <file>]",
        discussion: """
            A template is any text with references: kist://NAME/FIELD, kist://PROFILE/NAME/FIELD, or op://… as the \
            [op] table of kist.toml maps them. In {{ kist://NAME/FIELD | json }} an encoding may follow: \
            \(RenderTemplate.encodings). A value that would not be read back as it is there is refused.

            Forms: \(RenderForm.shown).

            The file gets the mode 0600 and is there whole or not at all. A file lives on: kist run needs none.

            Example:  kist render app.toml.tpl -o app.toml
                      kist render --as pgpass warehouse -o ~/.pgpass
                      kist render --as connections snowflake -o ~/.snowflake/connections.toml --overwrite
            """)

    @Argument(help: "A template (- for standard input); with --as credentials.") var words: [String] = []
    @Option(name: .customLong("as"), help: ArgumentHelp("\(RenderForm.names).", valueName: "form")) var form: String?
    @Option(
        name: [.customLong("output"), .customShort("o")],
        help: ArgumentHelp("Into this file (0600).", valueName: "file"))
    var path: String?
    @Flag(help: "Replace that file.") var overwrite = false
    @Flag(help: "Print it on a terminal, too.") var reveal = false
    @Option(help: ArgumentHelp("Why, for the audit.", valueName: "text")) var reason: String?
    @Flag(help: "Also what has expired.") var allowExpired = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        var input = RenderInput()
        input.words = words
        if let form {
            guard let known = RenderForm(rawValue: form) else {
                throw Failure.usage("the forms are \(RenderForm.names)")
            }
            input.form = known
        }
        input.path = path
        input.overwrite = overwrite
        input.reveal = reveal
        input.reason = reason
        input.allowExpired = allowExpired
        return try Render.execute(input, session)
    }
}
