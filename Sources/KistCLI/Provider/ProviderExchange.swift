internal import KistLogins
internal import KistPlatforms
internal import KistProviders
internal import SecretMemory

/// One request of a tool: what it says on standard input, what it gets on standard output, and the vault behind it.
final class ProviderExchange {
    let printer: Printer
    let environment: Variables
    /// What `kist-helper` has read, and the tool was told, before this program went on.
    let handed: HandedInput?
    private(set) var globals: GlobalOptions
    private var made: Session?

    /// Milliseconds: a tool waits for its helper, and has an answer for one that says no. What that is stands there within
    /// two seconds, with what it takes to start and to say it.
    static let patience = 1_500

    init(
        _ globals: GlobalOptions, _ printer: Printer, environment: Variables = .process, handed: HandedInput? = nil
    ) {
        var globals = globals
        globals.patience = max(1, Self.patience - (handed?.waited ?? 0))
        self.handed = handed
        // git's own word for "nobody is there", which some editors set.
        if environment["GIT_TERMINAL_PROMPT"] == "0" { globals.mayAsk = false }
        self.globals = globals
        self.printer = printer
        self.environment = environment
    }

    /// The vault, opened at the first use.
    func session() throws(Failure) -> Session {
        if let made {
            try made.checkAlive()
            return made
        }
        let session = try Session(globals, printer: printer, environment: environment)
        made = session
        return session
    }

    /// The tool has said that nobody is there; before the first use of the vault.
    func askNobody() { globals.mayAsk = false }

    /// The next use opens the vault anew: the agent may have ended meanwhile.
    func forget() { made = nil }

    /// Everything on standard input, in locked memory.
    func input(atMost limit: Int) throws(Failure) -> SecretBytes {
        try SecretReader.readAll(0, after: handed?.descriptor, what: "standard input", atMost: limit)
    }

    /// Runs a wire form; what it refuses is a failure.
    func wire<R: ~Copyable>(_ body: () throws(ProviderRefusal) -> R) throws(Failure) -> R {
        do throws(ProviderRefusal) { return try body() } catch { throw Failure.usage(error.description) }
    }

    /// The answer, straight from locked memory to standard output.
    func answer(_ bytes: borrowing SecretBytes) { bytes.withBytes { printer.secret($0) } }
}
