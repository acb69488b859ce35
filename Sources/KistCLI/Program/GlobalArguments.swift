/// The options that may stand before the command: `kist -p prod get kafka`.
enum GlobalArguments {
    static let withValue: Set<String> = ["-p", "--profile", "--vault", "--passphrase-fd"]
    static let flags: Set<String> = ["--isolated", "--no-agent"]

    /// The same arguments with those before the command put behind it, where the parser looks for them.
    static func hoisted(_ arguments: [String]) -> [String] {
        var options: [String] = []
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            if withValue.contains(argument), index + 1 < arguments.count {
                options += [argument, arguments[index + 1]]
                index += 2
            } else if flags.contains(argument) || withValue.contains(where: { argument.hasPrefix($0 + "=") }) {
                options.append(argument)
                index += 1
            } else {
                break
            }
        }
        guard index < arguments.count, !arguments[index].hasPrefix("-") else { return options + arguments[index...] }
        // Commands of two words take them behind the second.
        let words =
            ["profile", "platform", "identity", "slot"].contains(arguments[index]) && index + 1 < arguments.count
                && !arguments[index + 1].hasPrefix("-") ? 2 : 1
        return Array(arguments[index..<index + words]) + options + Array(arguments[(index + words)...])
    }
}
