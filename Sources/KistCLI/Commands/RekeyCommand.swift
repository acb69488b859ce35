import ArgumentParser
import Glibc
import KistClient
import KistProtocol
import SecretMemory

struct RekeyCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "rekey", abstract: "Encrypt the whole vault anew, so that former keys open nothing.",
        discussion: """
            Everything gets another key: the root, every way in, every row. Your passphrase stays what it is; recovery \
            codes and recipients stay; key files stay when you name them; every other way in ends. Reading and writing \
            go on meanwhile, and if anything stops it, the next unlock goes on with it. It cannot be called back: copies \
            and backups from before stay what they are.

            --data-key-only changes the key of the rows alone, which needs no passphrase and stops nobody who had more.
            --kdf makes guessing the passphrase dearer or cheaper, and encrypts nothing anew.

            Example:  kist rekey --dry-run
                      kist rekey --kdf sensitive
            """)

    @Flag(help: "The rows' key alone.") var dataKeyOnly = false
    @Option(help: ArgumentHelp("Cost of the passphrase alone.", valueName: "interactive|moderate|sensitive"))
    var kdf: KDFLevel?
    @Option(help: ArgumentHelp("A key file whose way in is to stay.", valueName: "file")) var keyFile: [String] = []
    @Flag(help: "Say what would be done.") var dryRun = false
    @Flag(name: [.long, .short], help: "Do not ask.") var yes = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        guard !dataKeyOnly || (kdf == nil && keyFile.isEmpty), kdf == nil || keyFile.isEmpty else {
            throw Failure.usage("--data-key-only and --kdf are forms of their own")
        }
        let rekey = Rekey(session: session, json: json)
        if dryRun { return try rekey.show(plan: try rekey.plan(form, keyFiles: try Rekey.read(keyFile))) }
        if let kdf { return try rekey.changeCost(kdf) }
        return try rekey.run(form, keyFiles: keyFile, yes: yes)
    }

    private var form: Rekey.Form { kdf != nil ? .cost : dataKeyOnly ? .data : .root }
}

/// What a guess of the passphrase costs, as libsodium names it.
enum KDFLevel: String, CaseIterable, ExpressibleByArgument {
    case interactive, moderate, sensitive

    /// Passes, and KiB.
    var cost: (passes: Int64, memory: Int64) {
        switch self {
        case .interactive: (2, 65_536)
        case .moderate: (3, 262_144)
        case .sensitive: (4, 1_048_576)
        }
    }
}
