import ArgumentParser

/// What opens a backup: what the vault had when it was made.
struct BackupWay: ParsableArguments {
    @Flag(help: "Open it with the recovery code.") var recovery = false
    @Option(help: ArgumentHelp("Open it with a key file (else KIST_KEY_FILE).", valueName: "file"))
    var keyFile: String?
    @Option(help: ArgumentHelp("Open it with an identity that was a recipient of the vault.", valueName: "file"))
    var identity: String?
    @Option(help: ArgumentHelp("The passphrase's second factor (else KIST_FACTOR_FILE).", valueName: "file"))
    var factor: String?
    @Option(help: ArgumentHelp("Open no backup but one of the vault with this fingerprint.", valueName: "fingerprint"))
    var expectVault: String?

    func chosen(_ session: Session) throws(Failure) -> WayIn {
        guard [recovery, keyFile != nil, identity != nil].filter({ $0 }).count <= 1 else {
            throw Failure.usage("one way in at a time: --recovery, --key-file or --identity")
        }
        if recovery { return .recovery(session.recoverySource) }
        if let keyFile { return .keyFile(keyFile) }
        if let identity { return .identity(identity) }
        return session.givenWay ?? .passphrase(.terminal)
    }
}
