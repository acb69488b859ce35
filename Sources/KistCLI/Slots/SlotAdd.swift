import ArgumentParser
import KistClient
import KistCrypto
import KistProtocol
import SecretMemory

struct SlotAddCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a way into the vault.",
        discussion: """
            passphrase          another one (at most four)
            keyring             a key in the desktop's keyring: asked after you log in
            key-file FILE       a key in a new file (0600), for jobs: opens without anybody
            credential FILE     a key that systemd-creds encrypts, for services
            recipient KEY       somebody's kist-recipient-…, whose identity opens the vault
            recovery            another recovery code
            factor FILE         a second factor beside the passphrase that is there

            Asks for a passphrase that opens the vault now (or --recovery).

            Example:  kist slot add keyring
                      kist slot add key-file ~/.config/kist/nightly.key --label nightly
            """)

    @Argument(help: "passphrase, keyring, key-file, credential, recipient, recovery or factor.") var kind: String
    @Argument(help: "The file, or the recipient's key.") var value: String?
    @Option(help: ArgumentHelp("What you call it.", valueName: "text")) var label: String?
    @Option(help: ArgumentHelp("The keyring's collection, when not its default one.", valueName: "name"))
    var collection: String?
    @Option(help: ArgumentHelp("A second factor for the new passphrase; made when it is not there.", valueName: "file"))
    var factor: String?
    @Option(
        name: .customLong("new-passphrase-fd"),
        help: ArgumentHelp("The new passphrase, from this descriptor.", valueName: "n"))
    var newPassphraseDescriptor: Int32?
    @Option(help: ArgumentHelp("Write the recovery code to a new file of mode 0600.", valueName: "file"))
    var recoveryFile: String?
    @Option(help: ArgumentHelp("The recipient's, as its owner told you.", valueName: "fingerprint")) var fingerprint:
        String?
    @Flag(help: "Prove it with the recovery code instead of the passphrase.") var recovery = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        if kind == "factor" { return try SlotFactor.add(try file(), session) }
        guard let kind = SlotWord.kind(kind) else {
            throw Failure.usage("there is no such kind of slot", advice: ["one of:  \(SlotWord.all), factor"])
        }
        let slot = try add(kind, session)
        if json {
            session.printer.json(["slot": slot.json])
        } else {
            session.printer.line(.good("✓"), Phrase(" Added the \(SlotWord.name(slot)). \(Self.next(slot, value))"))
        }
        return ExitCode.done
    }

    private func add(_ kind: SlotKind, _ session: Session) throws(Failure) -> SlotSummary {
        let way: WayIn? = recovery ? .recovery(session.recoverySource) : nil
        var material = SlotMaterial(session: session)
        switch kind {
        case .passphrase:
            try requireNoValue()
            (material.passphraseDescriptor, material.factorFile) = (newPassphraseDescriptor, factor)
            let proof = try session.proof(way)
            return try material.guardingFactor { () throws(Failure) in
                try session.addSlot(proof, kind, label: label, hasFactor: factor != nil, try material.passphrase())
            }
        case .keyring:
            try requireNoValue()
            let keyring = KeyringSlot(session: session)
            try keyring.requireKeyring(collection: collection)
            return try keyring.add(label: label, collection: collection, try session.proof(way))
        case .keyFile:
            let path = try file()
            try material.requireNew(path)
            let proof = try session.proof(way)
            return try material.withKeyFile(path) { (key) throws(Failure) in
                try session.addSlot(proof, kind, label: label, key)
            }
        case .credential:
            let path = try file()
            try material.requireNew(path)
            let proof = try session.proof(way)
            return try material.withCredential(path) { (key) throws(Failure) in
                try session.addSlot(proof, kind, label: label, key)
            }
        case .recovery:
            try requireNoValue()
            try material.requireNew(recoveryFile)
            let proof = try session.proof(way)
            return try session.newRecoveryCode(recoveryFile, json: json) { (code) throws(Failure) in
                try session.addSlot(proof, kind, label: label, code)
            }
        case .recipient:
            let recipient = try acknowledged(session)
            return try session.addSlot(try session.proof(way), kind, label: label, recipient: recipient)
        }
    }

    /// The recipient's key, once somebody has compared its fingerprint: whoever holds its identity gets everything.
    private func acknowledged(_ session: Session) throws(Failure) -> String {
        guard let value, let recipient = Recipient(value) else {
            throw Failure.usage(
                "that is no recipient, or one of its characters is wrong",
                advice: ["it begins with  \(Recipient.prefix)"])
        }
        if let fingerprint {
            guard fingerprint.uppercased() == recipient.fingerprint else {
                throw Failure("the recipient has another fingerprint: \(recipient.fingerprint)", code: ExitCode.refused)
            }
        } else {
            guard let terminal = Terminal.open() else {
                throw Failure.usage(
                    "somebody has to compare the recipient's fingerprint with its owner",
                    advice: ["when it is right:  --fingerprint \(recipient.fingerprint)"])
            }
            session.printer.flush()
            terminal.show("Whoever holds the identity behind it can open the whole vault.\n")
            guard try terminal.confirm("Does its owner say  \(recipient.fingerprint) ?") else {
                throw Failure("nothing was added")
            }
        }
        return recipient.description
    }

    private func file() throws(Failure) -> String {
        guard let value else { throw Failure.usage("\(kind) needs the name of a file") }
        return value
    }

    private func requireNoValue() throws(Failure) {
        guard value == nil else {
            throw Failure.usage("\(kind) takes no more words: what is secret is asked for, never an argument")
        }
    }

    private static func next(_ slot: SlotSummary, _ value: String?) -> String {
        switch slot.kind {
        case .passphrase, .recipient: "  See all:  kist slot list"
        case .recovery: "  Try it:  kist slot test recovery"
        case .keyring: "  It opens the vault at the first use after you log in."
        case .keyFile: "  Use it:  KIST_KEY_FILE=\(value ?? "FILE") kist run …"
        case .credential: "  In the unit:  LoadCredentialEncrypted=\(Session.credentialName):\(value ?? "FILE")"
        }
    }
}
