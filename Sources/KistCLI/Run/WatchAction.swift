import Glibc

/// What `kist run` does to a running program when a credential gets a new revision.
enum WatchAction: Equatable {
    /// Ends it and starts it anew with the new value.
    case restart
    /// Tells it by a signal; it fetches the value itself.
    case signal(Int32)

    /// - Parameter name: with or without `SIG`.
    static func signal(named name: String) throws(Failure) -> Int32 {
        let short = name.uppercased().hasPrefix("SIG") ? String(name.uppercased().dropFirst(3)) : name.uppercased()
        guard let number = numbers[short] else {
            throw Failure.usage(
                "--watch-signal takes the name of a signal",
                advice: ["one of:  " + numbers.keys.sorted().joined(separator: ", ")])
        }
        return number
    }

    private static let numbers = [
        "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "TERM": SIGTERM, "USR1": SIGUSR1, "USR2": SIGUSR2,
        "WINCH": SIGWINCH, "CONT": SIGCONT,
    ]
}
