private import Glibc
private import KistCrypto
package import KistProtocol
package import SecretMemory

/// What somebody brings to open the vault, or to prove that they could.
package enum WayIn: Equatable, Sendable {
    case passphrase(PassphraseSource)
    case recovery(PassphraseSource)
    /// A file with a key's text.
    case keyFile(String)
    /// The same, from the service manager, which keeps others away from it in its own way.
    case credential(String)
    /// A file with an identity.
    case identity(String)

    /// Where a passphrase or recovery code comes from.
    package enum PassphraseSource: Equatable, Sendable {
        /// `--passphrase-fd`.
        case descriptor(Int32)
        /// `KIST_PASSPHRASE_FILE`.
        case file(String)
        case terminal
    }

    package var means: KeyMeans {
        switch self {
        case .passphrase: .passphrase
        case .recovery: .recovery
        case .keyFile, .credential: .key
        case .identity: .identity
        }
    }

    /// Whether somebody has to be there.
    var isAsked: Bool { self == .passphrase(.terminal) || self == .recovery(.terminal) }

    var question: String { means == .recovery ? "Recovery code: " : "Passphrase: " }

    /// Reads what is not asked for on the terminal.
    ///
    /// - Throws: also when there is nothing: that is no try of a wrong key.
    func read() throws(Failure) -> SecretBytes {
        let word = means == .recovery ? "the recovery code" : "the passphrase"
        switch self {
        case .passphrase(.descriptor(let descriptor)), .recovery(.descriptor(let descriptor)):
            let secret = SecretReader.withoutLineEnd(
                try SecretReader.readAll(descriptor, what: word, atMost: 65_536))
            guard secret.count > 0 else {
                throw Failure(
                    "nothing came from descriptor \(descriptor), so nothing was tried",
                    advice: ["\(word) is read from it to its end:  \(descriptor)< FILE"], code: ExitCode.locked)
            }
            return secret
        case .passphrase(.file(let path)), .recovery(.file(let path)):
            let secret = SecretReader.withoutLineEnd(
                try SecretReader.readPrivateFile(path, what: "the file of \(word)"))
            guard secret.count > 0 else {
                throw Failure("the file of \(word) is empty, so nothing was tried", code: ExitCode.locked)
            }
            return secret
        case .passphrase(.terminal), .recovery(.terminal): throw Advice.lockedAndAlone
        case .keyFile(let path): return try StoredKeyFile.read(path, .key)
        case .credential(let path): return try StoredKeyFile.readCredential(path)
        case .identity(let path): return try SecretReader.readPrivateFile(path, what: "the file of the identity")
        }
    }
}

/// Key material and what it is, in the form of a proof.
package struct Brought: ~Copyable {
    package let proof: SlotProof
    package let secrets: SecretSegments

    package init(_ means: KeyMeans, _ secret: borrowing SecretBytes, factor: borrowing SecretBytes?) {
        var all = SecretBuffer(capacity: secret.count + 32)
        all.append(secret)
        var lengths = [secret.count]
        switch factor {
        case .some(let factor):
            all.append(factor)
            lengths.append(factor.count)
        case .none: break
        }
        proof = SlotProof(with: means, hasFactor: lengths.count == 2)
        secrets = SecretSegments(bytes: all.finish(), lengths: lengths)
    }
}
