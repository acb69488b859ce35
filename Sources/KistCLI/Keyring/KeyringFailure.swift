import KistProtocol

/// What an answer of the keyring means for somebody who asked for it.
enum KeyringFailure {
    /// - Returns: `nil` for `done`.
    static func failure(_ answer: KeyringAnswer) -> Failure? {
        if answer.outcome == .done { return nil }
        return Failure(words(answer), advice: advice(answer.outcome), code: code(answer.outcome))
    }

    /// One line, for a note beside another way in.
    static func words(_ answer: KeyringAnswer) -> String {
        switch answer.outcome {
        case .done: "the keyring answered"
        case .nothing: "the keyring holds no key for this vault"
        case .noBus: "there is no desktop session here (no message bus), so there is no keyring"
        case .noService: "no keyring is running in this session"
        case .noCollection: "the keyring has no such collection, or no default one yet"
        case .locked: "the keyring is locked"
        case .dismissed: "the keyring stayed locked: nobody gave its password"
        case .timeout: "the keyring did not answer in time"
        case .clear: "this keyring takes secrets in clear only, so it gets none"
        case .unfit: "the keyring gave back something else than was put there"
        case .other: "the keyring: \(answer.text ?? "it failed without a word")"
        }
    }

    private static func advice(_ outcome: KeyringAnswer.Outcome) -> [String] {
        switch outcome {
        case .nothing: ["put one there:  kist slot add keyring", "or use:         kist unlock"]
        case .noBus, .noService:
            ["use the passphrase:  kist unlock", "without a desktop:   kist slot add key-file FILE"]
        case .noCollection: ["make one in the desktop's Passwords and Keys, or name one:  --collection NAME"]
        case .locked, .dismissed: ["unlock it (Passwords and Keys, or log in again), or:  kist unlock"]
        case .timeout: ["look at the desktop: it may be asking.  Or:  kist unlock"]
        case .done, .clear, .unfit, .other: ["use the passphrase:  kist unlock"]
        }
    }

    private static func code(_ outcome: KeyringAnswer.Outcome) -> Int32 {
        switch outcome {
        case .nothing, .noCollection: ExitCode.notFound
        case .noBus, .noService, .locked, .dismissed, .timeout: ExitCode.locked
        case .done, .clear, .unfit, .other: ExitCode.failed
        }
    }
}
