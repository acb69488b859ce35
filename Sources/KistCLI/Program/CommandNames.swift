import ArgumentParser

/// The words that `kist` takes as commands.
enum CommandNames {
    static let all: Set<String> = Set(
        commands.flatMap { [$0.configuration.commandName ?? ""] + $0.configuration.aliases } + ["help"])

    /// All commands, those of two words too.
    static var everyOne: [any ParsableCommand.Type] { commands + commands.flatMap { $0.configuration.subcommands } }

    private static var commands: [any ParsableCommand.Type] {
        KistCommand.configuration.groupedSubcommands.flatMap(\.subcommands)
    }

    /// Says which one could have been meant. The word itself is not repeated: it may be a secret.
    static func unknown(_ word: String) -> Failure {
        let near = all.sorted().filter { distance(Array($0), Array(word)) <= (word.count < 5 ? 1 : 2) }
        return Failure.usage(
            "there is no such command",
            advice: (near.isEmpty ? [] : ["did you mean:  " + near.joined(separator: ", ")]) + [
                "see them all:  kist --help"
            ])
    }

    /// How many letters to change, add, leave out or swap.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        guard right.count <= 24 else { return .max }
        var before: [Int] = []
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var next = [i + 1]
            for (j, other) in right.enumerated() {
                var cost = min(row[j] + (letter == other ? 0 : 1), row[j + 1] + 1, next[j] + 1)
                if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other { cost = min(cost, before[j - 1] + 1) }
                next.append(cost)
            }
            before = row
            row = next
        }
        return row[right.count]
    }
}
