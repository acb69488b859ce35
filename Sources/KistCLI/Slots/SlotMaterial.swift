import Glibc
import KistCrypto
import KistProtocol
import SecretMemory

/// What a new slot is made from, as the options say.
struct SlotMaterial {
    let session: Session
    /// `--new-passphrase-fd`.
    var passphraseDescriptor: Int32?
    /// `--factor`: the file of the new passphrase's second factor, made when it is not there.
    var factorFile: String?

    /// A passphrase, and its second factor if it gets one.
    func passphrase() throws(Failure) -> SecretSegments {
        let passphrase: SecretBytes
        if let passphraseDescriptor {
            passphrase = try WayIn.passphrase(.descriptor(passphraseDescriptor)).read()
            try NewPassphrase.requireLength(passphrase)
        } else {
            guard let terminal = Terminal.open() else {
                throw Failure(
                    "there is no terminal to ask for the new passphrase",
                    advice: ["hand it over:  --new-passphrase-fd N"],
                    code: ExitCode.locked)
            }
            session.printer.flush()
            passphrase = try NewPassphrase.ask(terminal, "New passphrase")
            terminal.show("Making its key …\n")
        }
        return try withFactor(passphrase)
    }

    /// `passphrase`, and the second factor behind it.
    func withFactor(_ passphrase: borrowing SecretBytes) throws(Failure) -> SecretSegments {
        let only = SecretSegments(passphrase.copy())
        guard let factorFile else { return only }
        return only.appending(SecretSegments(try factor(factorFile)))
    }

    /// The one in the file, or a new one in a new file.
    private func factor(_ path: String) throws(Failure) -> SecretBytes {
        if Home.exists(path) { return try StoredKeyFile.read(path, .factor) }
        let factor = StoredKeyText.make()
        try StoredKeyFile.write(factor, .factor, to: path, vault: session.shownVault)
        return factor
    }

    /// Runs `body`, and takes the file of a second factor away again when it was made for nothing.
    func guardingFactor<R>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        guard let factorFile, !Home.exists(factorFile) else { return try body() }
        return try Self.guarding(factorFile, body)
    }

    /// Runs `body` with a new key whose file is there already, and takes the file away when `body` fails.
    func withKeyFile<R>(
        _ path: String, _ body: (borrowing SecretSegments) throws(Failure) -> R
    ) throws(Failure) -> R {
        let key = StoredKeyText.make()
        try StoredKeyFile.write(key, .key, to: path, vault: session.shownVault)
        let segments = SecretSegments(key)
        return try Self.guarding(path) { () throws(Failure) in try body(segments) }
    }

    /// The same for a file that only this machine's service manager can read.
    func withCredential<R>(
        _ path: String, _ body: (borrowing SecretSegments) throws(Failure) -> R
    ) throws(Failure) -> R {
        guard !Home.exists(path) else { throw Failure("\(path) exists already; it is not overwritten") }
        let key = StoredKeyText.make()
        try SystemCredential.encrypt(StoredKeyText.key.file(key, comment: []), to: path, session.environment)
        let segments = SecretSegments(key)
        return try Self.guarding(path) { () throws(Failure) in try body(segments) }
    }

    /// Takes a new file away when `body` has failed for certain. It may be the only key of a slot that was changed all the
    /// same, and stays then.
    static func guarding<R>(_ path: String, _ body: () throws(Failure) -> R) throws(Failure) -> R {
        do throws(Failure) { return try body() } catch {
            guard error.isUncertain else {
                unlink(path)
                throw error
            }
            var failure = error
            if Home.exists(path) {
                failure.advice = ["it is not known whether the slot changed; keep \(path), see  kist slot list"]
            }
            throw failure
        }
    }

    /// Refuses before anything is asked for.
    func requireNew(_ path: String?) throws(Failure) {
        guard let path, Home.exists(path) else { return }
        throw Failure("\(path) exists already; it is not overwritten")
    }
}
