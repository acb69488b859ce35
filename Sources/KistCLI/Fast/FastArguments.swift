/// `get` and `run` in their plain forms, read without the parser of the other commands.
///
/// Whatever it does not know (another option, help, a mistake) is left to the full parser, so that there is one
/// place for errors and help.
enum FastArguments: Equatable {
    case get(GlobalOptions, GetInput)
    case run(GlobalOptions, RunInput)

    var isRun: Bool { if case .run = self { true } else { false } }

    static func parse(_ arguments: [String]) -> FastArguments? {
        var globals = GlobalOptions()
        var index = 0
        var command: String?
        var words: [String] = []
        while index < arguments.count {
            let argument = arguments[index]
            if argument == "--", command == "run" {
                let program = Array(arguments[(index + 1)...])
                guard !program.isEmpty else { return nil }
                var input = RunInput()
                input.names = words
                input.command = program
                return .run(globals, input)
            }
            if argument.hasPrefix("-") {
                guard let used = take(argument, arguments, index, &globals) else { return nil }
                index += used
                continue
            }
            if command == nil {
                guard argument == "get" || argument == "run" else { return nil }
                command = argument
            } else {
                words.append(argument)
            }
            index += 1
        }
        guard command == "get", (1...2).contains(words.count) else { return nil }
        return .get(globals, GetInput(name: words[0], field: words.count == 2 ? words[1] : nil))
    }

    /// - Returns: how many arguments the option took; `nil` when it is not one of the global ones.
    private static func take(
        _ argument: String, _ arguments: [String], _ index: Int, _ globals: inout GlobalOptions
    ) -> Int? {
        switch argument {
        case "--isolated": globals.isolated = true
        case "--no-agent": globals.noAgent = true
        case "-p", "--profile", "--vault", "--passphrase-fd":
            guard index + 1 < arguments.count, !arguments[index + 1].hasPrefix("-") else { return nil }
            let value = arguments[index + 1]
            switch argument {
            case "--vault": globals.vault = value
            case "--passphrase-fd":
                guard let descriptor = Int32(value) else { return nil }
                globals.passphraseDescriptor = descriptor
            default: globals.profile = value
            }
            return 2
        default: return nil
        }
        return 1
    }

    func execute(_ printer: Printer) throws(Failure) -> Int32 {
        switch self {
        case .get(let globals, let input): try Get.execute(input, try Session(globals, printer: printer))
        case .run(let globals, let input): try Run.execute(input, try Session(globals, printer: printer))
        }
    }
}
