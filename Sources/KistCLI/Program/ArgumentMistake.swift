private import ArgumentParser

/// What is said about arguments that were not understood. Nothing of theirs is repeated but the names of options that
/// Kist has: anything else may be a secret typed in the wrong place, with or without a '-' before it.
enum ArgumentMistake {
    /// - Parameter message: the parser's full message, which holds what the user typed.
    static func failure(_ message: String, _ arguments: [String]) -> Failure {
        let message = message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message
        let lines = message.split(separator: "\n", omittingEmptySubsequences: true).map { String($0).trimmedStart }
        // The parser wrote these from Kist's own definitions alone.
        if message.hasPrefix("Missing expected argument '<") || message.hasPrefix("Missing required subcommand") {
            return Failure.usage(lines[0], advice: Array(lines.dropFirst()))
        }
        // An argument can hold line ends; the parser's own lines come behind all of it.
        let usage = lines.lastIndex { $0.hasPrefix("Usage: kist") }.map { Array(lines[$0...]) } ?? []
        return Failure.usage(first(message, arguments), advice: usage)
    }

    /// The name of the option that `argument` gives when Kist has such a one, else `-…`.
    static func shown(_ argument: some StringProtocol) -> String {
        let name = name(argument)
        return known.contains(name) ? name : "-…"
    }

    private static func first(_ message: String, _ arguments: [String]) -> String {
        if message.hasPrefix("Missing value for '") {
            return "\(option(behind: "Missing value for '", in: message)) needs a value"
        }
        if message.hasPrefix("Unknown option '") || message.hasPrefix("Invalid option: ") {
            let near = arguments.lazy.filter { $0.hasPrefix("-") && !known.contains(name($0)) }.compactMap(similar)
                .first
            return "Unknown option '-…'" + (near.map { ". Did you mean '\($0)'?" } ?? "")
        }
        if message.hasPrefix("The option '") {
            return "\(option(behind: "The option '", in: message)) does not take a value"
        }
        if message.hasPrefix("The value '") {
            return "the value does not fit \(option(behind: "' is invalid for '", in: message))"
        }
        if message.hasPrefix("Unexpected argument") || message.contains(" unexpected arguments: ") {
            return "Unexpected argument '…'"
        }
        return "the arguments were not understood"
    }

    /// The known option that stands behind the last `mark`.
    private static func option(behind mark: String, in message: String) -> String {
        guard let range = message.ranges(of: mark).last else { return "an option" }
        let name = name(message[range.upperBound...].prefix { $0 != "'" && $0 != " " })
        return known.contains(name) ? name : "an option"
    }

    private static func name(_ argument: some StringProtocol) -> String { String(argument.prefix { $0 != "=" }) }

    /// A long option of at most two letters' difference.
    private static func similar(_ argument: String) -> String? {
        let letters = Array(name(argument))
        guard letters.count > 4 else { return nil }
        let near = known.filter { $0.hasPrefix("--") }.map {
            (option: $0, distance: CommandNames.distance(Array($0), letters))
        }
        return near.filter { $0.distance <= 2 }.min { ($0.distance, $0.option) < ($1.distance, $1.option) }?.option
    }

    /// Every option of every command, from their help.
    static let known: Set<String> = {
        var options: Set<String> = []
        for command in CommandNames.everyOne {
            let help = KistCommand.helpMessage(for: command)
            let words = help.split { !($0 == "-" || $0.isASCII && ($0.isLetter || $0.isNumber)) }
            for word in words where word.hasPrefix("-") && word.contains(where: \.isLetter) {
                options.insert(String(word))
            }
        }
        return options
    }()
}
