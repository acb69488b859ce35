import ArgumentParser

struct ScanCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Find your own stored secrets where they should not be.",
        discussion: """
            Looks for every stored value of 8 bytes or more, as it is and as base64, hex, URL, JSON, shell word or HTML, in \
            files, in everything that a git repository keeps, in what is about to be committed, and in the histories of \
            shells and other programs. Values are compared in memory; none is printed or written anywhere. \
            Ends with 1 when something was found, with 2 when something could not be looked at.

            Example:  kist scan
                      kist scan --git .
                      kist scan --install-hook        (before each commit; --remove-hook takes it away)
            """)

    @Flag(help: "All objects of the git repository, packed and unreachable ones, too.") var git = false
    @Flag(help: "What git would commit now.") var staged = false
    @Flag(help: "The histories of shells, databases and notebooks in your home folder.") var history = false
    @Flag(help: "Look before each commit to this repository.") var installHook = false
    @Flag(help: "Take that away.") var removeHook = false
    @Flag(help: "Ask for credentials with the policy confirm, too (they are left out otherwise).") var confirm = false
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions
    @Argument(help: "Files and folders; without any, the one that you are in.") var paths: [String] = []

    func execute(_ session: Session) throws(Failure) -> Int32 {
        let modes = [git, staged, history, installHook, removeHook].filter { $0 }.count
        guard modes <= 1 else {
            throw Failure.usage("--git, --staged, --history and the hook's options each stand alone")
        }
        if installHook || removeHook || staged || git, paths.count > 1 {
            throw Failure.usage("only one repository at a time")
        }
        if history, !paths.isEmpty { throw Failure.usage("--history looks at your home folder and takes no path") }
        let place = paths.first ?? "."
        if installHook { return try ScanHook.install(place, session) }
        if removeHook { return try ScanHook.remove(place, session) }
        let secrets = try ScanSecrets.load(session, asking: confirm)
        var scan = Scan(secrets, session.printer, isJSON: json)
        if git {
            try GitScan(place).everything(&scan)
        } else if staged {
            try GitScan(place).staged(&scan)
        } else if history {
            HistoryScan.run(&scan, session)
        } else {
            for path in paths.isEmpty ? ["."] : paths { scan.tree(path, isGiven: true) }
        }
        return scan.report()
    }
}
