package import KistClient
private import KistModel
package import KistProtocol

/// Turns what went wrong into what to do: the client states facts, this adds advice and the exit code.
package enum Advice {
    /// One text for a wrong key, a wrong file and a changed one: which it was is nobody's business. What was brought is
    /// known to whoever brought it.
    package static func notOpened(_ means: KeyMeans = .passphrase) -> Failure {
        let key =
            switch means {
            case .passphrase: "passphrase"
            case .recovery: "recovery code"
            case .key: "key"
            case .identity: "identity"
            }
        return Failure("not opened: wrong \(key), or not the vault that it should be", code: ExitCode.notOpened)
    }

    package static let lockedAndAlone = Failure(
        "the vault is locked, and there is no terminal to ask for the passphrase",
        advice: [
            "unlock it first:   kist unlock --for 10h",
            "or hand it over:   --passphrase-fd N,  KIST_PASSPHRASE_FILE=FILE (mode 0600)",
        ], code: ExitCode.locked)

    /// The same for `kist unlock` itself, which cannot be the advice then.
    package static let alone = Failure(
        "there is no terminal to ask for the passphrase",
        advice: [
            "hand it over:   --passphrase-fd N,  KIST_PASSPHRASE_FILE=FILE (mode 0600)",
            "or a key file:  kist unlock --key-file FILE",
        ], code: ExitCode.locked)

    /// A recovery code comes from a person, or through a descriptor: none lies in a file that settings name.
    static let aloneWithoutCode = Failure(
        "there is no terminal to ask for the recovery code",
        advice: ["hand it over:  --passphrase-fd N"], code: ExitCode.locked)

    /// Said where somebody would count on an agent that stays.
    static let noRuntimeFolder =
        "there is no runtime folder (XDG_RUNTIME_DIR), so no agent stays and each command asks anew; see  kist doctor"

    package static let noRecoveryCode = Failure(
        "that is no recovery code: look at each group again", code: ExitCode.notOpened)

    package static func noVault(_ path: String) -> Failure {
        Failure("there is no vault yet at \(path)", advice: ["create it:  kist init"])
    }

    /// - Parameter means: what was brought, when that was to open something.
    package static func failure(
        _ error: ClientError, vault: String, bringing means: KeyMeans = .passphrase
    ) -> Failure {
        switch error {
        case .agent(let failure) where failure.kind == .wrongKey: return notOpened(means)
        case .agent(let failure): return self.failure(failure, vault: vault)
        case .notRunning: return Failure("no agent is running")
        case .cannotStart(let why): return Failure("kist-agent could not be started: \(why)")
        case .unsafePlace(let path, let why): return Failure("\(path) is not used: \(why)")
        case .foreignAgent(let uid):
            return Failure(
                "the socket of the agent belongs to another user (\(uid)), so nothing was sent to it",
                advice: ["Look who put it there, remove it, and try again:  kist doctor"])
        case .noPlace(let why): return Failure("no place for the vault: \(why)", advice: ["Name one:  --vault FILE"])
        case .broken(let why):
            return Failure("the agent did not answer as agreed: \(why)", advice: ["kist lock, then again"])
        case .timeout: return Failure("the agent did not answer in time", advice: ["See what it does:  kist status"])
        case .silent(let pid): return silent(pid)
        case .tooLarge:
            return Failure("that is more than one request can carry (1 MiB for one secret, 8 MiB together)")
        }
    }

    /// Every other command would wait for it as long; its number is all that helps.
    private static func silent(_ pid: Int32?) -> Failure {
        guard let pid else {
            return Failure(
                "the agent does not answer",
                advice: ["it may be stopped or busy; look for it where it was started:  pgrep -u $USER kist-agent"])
        }
        return Failure(
            "the agent (process \(pid)) does not answer",
            advice: [
                "it may be stopped or busy; end it with:  kill -9 \(pid)   (what is unlocked has to be unlocked again)"
            ])
    }

    private static func failure(_ failure: AgentFailure, vault: String) -> Failure {
        let name = failure["name"]?.string ?? ""
        switch failure.kind {
        case .wrongKey: return notOpened()
        case .locked:
            // Who asked had it open, or was opening it.
            return Failure(
                "the vault was locked meanwhile", advice: ["open it and try again:  kist unlock"],
                code: ExitCode.locked)
        case .absent: return noVault(vault)
        case .vaultExists:
            return Failure(
                "there is a vault already at \(vault)",
                advice: ["use it:  kist unlock", "or another place:  kist --vault FILE init"])
        case .wait:
            let pause = seconds(milliseconds: failure["milliseconds"]?.integer ?? 0)
            guard failure["what"] != "value" else {
                return Failure(
                    "many values were not the stored one; the next is compared in \(pause)", code: ExitCode.refused)
            }
            return Failure("after a wrong key there is a pause: \(pause)", code: ExitCode.notOpened)
        case .notFound: return notFound(failure)
        case .exists:
            return Failure(
                "\(name) exists already",
                advice: ["replace one field:  kist edit \(name) FIELD", "another name:       --name NAME"])
        case .conflict:
            return Failure(
                "\(name.isEmpty ? "it" : name) was changed by someone else meanwhile; nothing was written",
                advice: ["Look at it and try again:  kist show \(name)"])
        case .expired:
            let date = failure["expires"]?.string.flatMap { Timestamp($0) }
            return Failure(
                "\(name) expired\(date.map { " on " + $0.date } ?? "")",
                advice: [
                    "put a new one in:  kist edit \(name) FIELD --expires DATE",
                    "use it all the same:  --allow-expired",
                ])
        case .invalid:
            return Failure.usage("the agent refused the request: \(failure["what"]?.string ?? failure.message)")
        case .tooLarge: return Failure("that is too large: \(failure.message)")
        case .holder:
            let who = failure["pid"]?.integer.map { "process \($0)" } ?? "another process"
            let since = failure["since"]?.string.map { " since \($0)" } ?? ""
            return Failure(
                "the vault is in use by another agent: \(who)\(since)",
                advice: ["end that one:  kist lock (as the same user, with its XDG_RUNTIME_DIR)"])
        case .version:
            return Failure(
                "an agent of another version is running",
                advice: ["end it; the next command starts the right one:  kist lock"])
        case .newer:
            return Failure(
                "the vault was written by a newer Kist (format \(failure["format"]?.integer.map { "\($0)" } ?? "unknown"))",
                advice: ["Update Kist; nothing was changed."])
        case .olderCopy where (failure["found"]?.integer ?? 0) >= (failure["seen"]?.integer ?? 0):
            return Failure(
                "the vault's keys are not those that this machine saw last, nor ones that came after them",
                advice: [
                    "If they were changed more than once on another machine:  kist unlock --accept-older",
                    "If not, somebody replaced the file; look for the newer one first.",
                ], code: ExitCode.notOpened)
        case .olderCopy:
            return Failure(
                "this is an older copy of the vault than was used on this machine before (seen \(number(failure["seen"])), found \(number(failure["found"])))",
                advice: [
                    "If you put a backup back on purpose:  kist unlock --accept-older",
                    "If not, somebody replaced the file; look for the newer one first.",
                ], code: ExitCode.notOpened)
        case .forked: return forked(failure)
        case .replaced:
            return Failure(
                "the vault file was replaced while the agent had it open; nothing was written",
                advice: ["Look at the file, then:  kist lock && kist unlock"], code: ExitCode.notOpened)
        case .damaged:
            return Failure(
                "the vault is damaged: \(failure.message)", advice: ["Put a backup back, or ask:  kist doctor"],
                code: ExitCode.notOpened)
        case .full: return Failure("no space left on the disk; nothing was changed")
        case .readOnly: return Failure("\(vault) cannot be written here; nothing was changed")
        case .io: return Failure("the vault could not be read or written: \(failure.message)")
        case .notAllowed: return Failure("not allowed: \(failure.message)")
        case .refused: return refused(failure)
        case .notAudited:
            return Failure(
                "nothing was handed out or changed: the audit log cannot be written (\(failure["why"]?.string ?? "unknown"))",
                advice: ["It stands beside the vault, as \(vault).audit; see that there is room:  df"])
        case .retired: return Failure("the agent ended while it was asked; try again")
        case .lastSlot, .untested, .unpinned, .factor: return slot(failure)
        }
    }

    private static func slot(_ failure: AgentFailure) -> Failure {
        switch failure.kind {
        case .lastSlot:
            return Failure(
                "that is the last way in that does not depend on a keyring; it stays",
                advice: ["add another one first:  kist slot add passphrase"])
        case .untested:
            return Failure(
                "a second factor is added only when the recovery code was proved",
                advice: ["prove it:  kist slot test recovery"])
        case .unpinned:
            return Failure(
                "an identity opens only a vault that it trusts; this one has the fingerprint \(failure["found"]?.string ?? "?")",
                code: ExitCode.notOpened)
        default:
            return Failure(
                "a second factor is wanted beside the passphrase",
                advice: ["name its file:  KIST_FACTOR_FILE=FILE,  kist unlock --factor FILE"], code: ExitCode.notOpened)
        }
    }

    /// Two machines that wrote into copies of one vault, or another vault in its place: different things to do.
    private static func forked(_ failure: AgentFailure) -> Failure {
        if let seen = failure["seen"]?.string, let found = failure["found"]?.string {
            return Failure(
                "this is another vault than the one used here before (seen \(seen), found \(found))",
                advice: [
                    "If you put another one there on purpose:  kist unlock --accept-fork",
                    "If not, somebody replaced the file: do not give it your passphrase again.",
                ], code: ExitCode.notOpened)
        }
        return Failure(
            "this copy of the vault has a history other than the one used on this machine before: two machines wrote",
            advice: [
                "Look for the other copy; only one of the two can go on.",
                "If this is the one to keep:  kist unlock --accept-fork",
            ], code: ExitCode.notOpened)
    }

    private static func refused(_ failure: AgentFailure) -> Failure {
        let name = failure["name"]?.string ?? "it"
        let why = failure["why"]?.string ?? "its policy"
        guard failure["policy"]?.string == "run-only" else {
            let terminal = [
                "to be asked at this terminal (with pinentry-curses):",
                "  kist lock; KIST_PROMPT_TTY=$(tty) kist unlock",
            ]
            return Failure(
                "\(name) is not handed out: \(why)",
                advice: [
                    "somebody has to agree in a dialog each time; where that appears:  kist doctor",
                    "for good (asks once more):  kist policy \(name) allow",
                ] + (why.hasPrefix("nobody can be asked") ? terminal : []))
        }
        return Failure(
            "\(name) is not handed out like this: \(why)",
            advice: ["use it in a program:  kist run \(name) -- PROGRAM", "or allow it:  kist policy \(name) allow"])
    }

    private static func notFound(_ failure: AgentFailure) -> Failure {
        let profile = failure["profile"]?.string ?? "default"
        guard let name = failure["name"]?.string else {
            return Failure(
                "there is no profile \(profile)", advice: ["see them:  kist profile list"], code: ExitCode.notFound)
        }
        if let field = failure["field"]?.string {
            return Failure(
                "\(name) has no field \(field)", advice: ["see its fields:  kist show \(name)"], code: ExitCode.notFound
            )
        }
        if let revision = failure["revision"]?.integer {
            return Failure(
                "\(name) has no revision \(revision)", advice: ["see them:  kist history \(name)"],
                code: ExitCode.notFound)
        }
        let option = profile == "default" ? "" : "-p \(profile) "
        return Failure(
            "there is no credential \(name) in profile \(profile)",
            advice: [
                "see what there is:  kist list \(option)",
                "store it:           kist add \(option)PLATFORM --name \(name)",
            ]
            .map { $0.trimmedEnd },
            code: ExitCode.notFound)
    }

    /// "0.4 s", "10 s".
    package static func seconds(milliseconds: Int64) -> String {
        let tenths = (milliseconds + 99) / 100
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }

    private static func number(_ value: JSONValue?) -> String { value?.integer.map { "\($0)" } ?? "?" }
}

extension String {
    /// Without blanks at its end.
    var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
