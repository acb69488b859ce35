import ArgumentParser
import KistClient
import KistCrypto
import KistModel
import KistPosix
import KistProtocol
import SecretMemory

/// Identities of machines: made once, kept secret there, named by their recipient wherever something is sealed.
struct IdentityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity", abstract: "The identity with which a machine opens bundles.",
        discussion: "Example:  kist identity create -o ci.identity",
        subcommands: [IdentityCreate.self, IdentityShow.self, IdentityTrust.self, IdentityVault.self])
}

struct IdentityCreate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an identity.",
        discussion: """
            The file is as secret as what is sealed for it. It opens bundles of the vaults that it trusts: those of --trust, \
            or the vault of this machine when that is open.

            Example:  kist identity create -o ci.identity
                      kist identity create -o - | systemd-creds encrypt --name=kist.identity - ci.cred
            """)
    @Option(name: [.short, .long], help: ArgumentHelp("The new file; - for a pipe.", valueName: "file"))
    var output: String
    @Option(help: ArgumentHelp("Trust this vault (kist identity vault says its key).", valueName: "key"))
    var trust: [String] = []
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        guard output != "-" || !session.printer.isTerminal, output != "-" || !json else {
            throw Failure.usage("-o - writes the identity into a pipe", advice: ["kist identity create -o FILE"])
        }
        var trusted: [VaultKey] = []
        for text in trust { trusted.append(try Self.vaultKey(text)) }
        if trusted.isEmpty, let own = try Self.openVault(session) { trusted = [own] }
        let file = IdentityFile(identity: Identity.make(), trusted: trusted)
        let recipient = file.identity.recipient
        let bytes = file.encode(comment: "A Kist identity, made \(session.now.date). Keep it secret.")
        guard output != "-" else {
            bytes.withBytes { session.printer.secret($0) }
            session.printer.note("its recipient: \(recipient.description)")
            if trusted.isEmpty { session.printer.note("it trusts no vault yet") }
            return ExitCode.done
        }
        try PrivateFile.write(bytes, to: output)
        if json {
            session.printer.json(IdentityShow.json(output, recipient, trusted))
            return ExitCode.done
        }
        session.printer.line(.good("✓"), Phrase(" Identity in \(output). Whoever has it opens what is sealed for it."))
        IdentityShow.show(recipient, trusted, session)
        if trusted.isEmpty {
            session.printer.line("  Where the vault is:  kist identity vault")
            session.printer.line(Phrase("  and here:            kist identity trust \(output) KEY"))
        }
        session.printer.line(.quiet("  Next: kist seal NAME --to RECIPIENT -o FILE.kist"))
        return ExitCode.done
    }

    static func vaultKey(_ text: String) throws(Failure) -> VaultKey {
        guard let key = VaultKey(text) else {
            throw Failure.usage(
                "this is not the key of a vault: \(VaultKey.prefix)… with every character right",
                advice: ["where the vault is:  kist identity vault"])
        }
        return key
    }

    /// The key of this machine's vault when it is open already: nobody is asked for a passphrase here.
    private static func openVault(_ session: Session) throws(Failure) -> VaultKey? {
        guard session.bundlePath == nil, Home.exists(session.places.vault), try session.state() == .unlocked else {
            return nil
        }
        return VaultKey(try session.ask { (agent) throws(ClientError) in try agent.sealer() }.vault)
    }
}

struct IdentityShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The recipient of an identity, and the vaults that it trusts.",
        discussion: "Example:  kist identity show ci.identity")
    @Argument(help: "Its file.") var file: String
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        let identity = try IdentityReading.read(file)
        let recipient = identity.identity.recipient
        if json {
            session.printer.json(Self.json(file, recipient, identity.trusted))
        } else {
            Self.show(recipient, identity.trusted, session)
        }
        return ExitCode.done
    }

    static func show(_ recipient: Recipient, _ trusted: [VaultKey], _ session: Session) {
        session.printer.line("  recipient    ", Phrase(recipient.description))
        session.printer.line("  fingerprint  ", Phrase(recipient.fingerprint))
        for key in trusted { session.printer.line("  trusts       ", Phrase(key.description)) }
        if trusted.isEmpty { session.printer.line("  trusts       ", .warning("no vault, so it opens nothing yet")) }
    }

    static func json(_ file: String, _ recipient: Recipient, _ trusted: [VaultKey]) -> JSONValue {
        [
            "file": .string(file), "recipient": .string(recipient.description),
            "fingerprint": .string(recipient.fingerprint),
            "trusts": .array(trusted.map { .string($0.description) }),
        ]
    }
}

struct IdentityTrust: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Let an identity open bundles of one more vault.",
        discussion: """
            Anybody can make a bundle for a recipient. Take the key from whoever keeps the vault, not from where the \
            bundle came from.

            Example:  kist identity trust ci.identity kist-vault-…
            """)
    @Argument(help: "The identity's file.") var file: String
    @Argument(help: "The vault's key.") var key: String
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        let key = try IdentityCreate.vaultKey(key)
        guard try !IdentityReading.read(file).trusted.contains(key) else {
            session.printer.line("  It trusts that vault already.")
            return ExitCode.done
        }
        let old = try SecretReader.readPrivateFile(file, what: "the identity's file")
        var text = SecretBuffer(capacity: old.count + 128)
        text.append(old)
        if old.withBytes({ $0.last }) != UInt8(ascii: "\n") { text.append("\n") }
        text.append(IdentityFile.trustLine(key))
        try PrivateFile.replace(file, with: text.finish())
        session.printer.line(.good("✓"), Phrase(" \(file) opens bundles of that vault now."))
        return ExitCode.done
    }
}

struct IdentityVault: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "vault", abstract: "The key of this vault, for identities to trust.",
        discussion: "Example:  kist identity trust ci.identity $(kist identity vault)")
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        let sealer = try session.ask { (agent) throws(ClientError) in try agent.sealer() }
        if json { session.printer.json(sealer.json) } else { session.printer.exact(sealer.vault + "\n") }
        return ExitCode.done
    }
}
