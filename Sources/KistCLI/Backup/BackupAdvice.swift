import KistClient
import KistProtocol

/// What a backup's errors mean and what to do then; all others are as everywhere.
enum BackupAdvice {
    /// One text for a wrong key and a changed head: which it was is nobody's business.
    static let notOpened = Failure(
        "not opened: wrong passphrase or key, or not the backup that it should be",
        advice: ["It opens with what the vault had when the backup was made; with the recovery code:  --recovery"],
        code: ExitCode.notOpened)

    static let alone = Failure(
        "there is no terminal to ask for what opens the backup",
        advice: ["hand it over:  --passphrase-fd N,  KIST_PASSPHRASE_FILE=FILE (mode 0600),  --key-file FILE"],
        code: ExitCode.locked)

    /// - Parameter shown: the file's name as the user wrote it.
    static func failure(_ error: ClientError, _ shown: String, _ session: Session) -> Failure {
        guard case .agent(let failure) = error else { return Advice.failure(error, vault: session.shownVault) }
        switch failure.kind {
        case .wrongKey: return notOpened
        case .damaged:
            return Failure(
                "\(shown) cannot be used: \(failure["where"]?.string ?? "it is damaged")",
                advice: ["Nothing was changed. Take another copy of it."], code: ExitCode.notOpened)
        case .newer:
            return Failure(
                "\(shown) was made by a newer Kist", advice: ["Update Kist; nothing was changed."])
        case .vaultExists:
            return Failure(
                "there is a vault at \(session.shownVault); nothing was changed",
                advice: [
                    "restore all the same, and keep that one beside it:  kist backup restore --replace \(shown)",
                    "or restore to another place:                        kist backup restore --vault FILE \(shown)",
                ])
        case .full: return Failure("no space is left; nothing was changed")
        default: return Advice.failure(error, vault: session.shownVault)
        }
    }
}
