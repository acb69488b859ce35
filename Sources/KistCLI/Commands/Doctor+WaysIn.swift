import KistProtocol

extension Doctor {
    /// What opens the vault here without a passphrase being typed.
    static func waysIn(_ session: Session) -> [Finding] {
        var findings: [Finding] = []
        for name in ["KIST_PASSPHRASE_FILE", "KIST_KEY_FILE"] where session.environment.nonEmpty(name) != nil {
            findings.append(
                Finding(
                    level: .note, what: "\(name) is set: whoever can read that file can open the vault", advice: nil))
        }
        if case .credential? = session.givenWay {
            findings.append(Finding(level: .good, what: "a service manager hands over a key of the vault", advice: nil))
        }
        findings.append(keyring(session))
        return findings
    }

    private static func keyring(_ session: Session) -> Finding {
        guard let helper = KeyringHelper.beside(session.environment), Home.exists(helper.program) else {
            return Finding(
                level: .note, what: "kist-keyring is not beside kist, so no keyring can open the vault",
                advice: "install all programs in one folder")
        }
        let answer = helper.ask(KeyringRequest(.probe, milliseconds: KeyringHelper.brief)).answer
        guard answer.outcome == .done else {
            return Finding(level: .good, what: "keyring: \(KeyringFailure.words(answer))", advice: nil)
        }
        let name = answer.text ?? "the default one"
        return Finding(
            level: .good, what: "keyring: \(name), \(answer.isLocked ? "locked" : "open"); \(memory(session))",
            advice: nil)
    }

    /// Whether an older copy would be noticed even without the state folder.
    private static func memory(_ session: Session) -> String {
        guard let generation = KeyringNote(session.places).generation else {
            return "it does not remember the vault's last state yet"
        }
        return "it remembers generation \(generation) of the vault, should the state folder be lost"
    }
}
