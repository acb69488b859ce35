private import Glibc
internal import KistCrypto
internal import KistModel
internal import KistPosix
internal import KistProtocol
internal import KistStore
internal import KistVault

/// The vault's errors in the protocol's words: one place, so that no path says more than another.
enum Failures {
    static let locked = AgentFailure(.locked, "the vault is locked")
    static let absent = AgentFailure(.absent, "there is no vault here yet")
    static let vaultExists = AgentFailure(.vaultExists, "there is a vault here already")
    /// One sentence for a wrong passphrase, a wrong file and a changed one: an attacker learns nothing from it.
    static let wrongKey = AgentFailure(
        .wrongKey, "not opened: the passphrase is wrong, or this is not the vault that it belongs to")
    static let factor = AgentFailure(.factor, "a second factor is wanted beside the passphrase")
    static let noSlot = AgentFailure(.notFound, "no such slot")
    /// - Parameter why: from the policy's side; ends up in front of people.
    static func refused(_ overview: Overview, _ why: String) -> AgentFailure {
        AgentFailure(
            .refused, "the policy of the credential refuses this",
            facts: [
                JSONMember("profile", .string(overview.profile.description)),
                JSONMember("name", .string(overview.name.description)),
                JSONMember("policy", .string(overview.policy.rawValue)), JSONMember("why", .string(why)),
            ])
    }

    static let retired = AgentFailure(.retired, "this agent is ending")

    static func io(_ why: String) -> AgentFailure {
        AgentFailure(.io, "the operating system failed", facts: [JSONMember("why", .string(why))])
    }

    /// Nothing is handed out that cannot be written down first.
    static func notAudited(_ error: AuditStoreError) -> AgentFailure {
        AgentFailure(
            .notAudited, "the audit log cannot be written", facts: [JSONMember("why", .string(words(error)))])
    }

    static func words(_ error: AuditStoreError) -> String {
        error.code == 0 ? "it is not open" : String(cString: strerror(error.code))
    }

    static func wait(_ nanoseconds: Int64) -> AgentFailure {
        let milliseconds = (nanoseconds + 999_999) / 1_000_000
        return AgentFailure(
            .wait, "a wrong key was given a moment ago",
            facts: [
                JSONMember("milliseconds", .integer(milliseconds)),
                JSONMember("seconds", .integer((milliseconds + 999) / 1_000)),
            ])
    }

    /// The same for values that a tool says were refused.
    static func guessing(_ nanoseconds: Int64) -> AgentFailure {
        AgentFailure(
            .wait, "too many values were not the stored one",
            facts: wait(nanoseconds).facts + [JSONMember("what", "value")])
    }

    static func holder(_ who: Rendezvous?) -> AgentFailure {
        var facts: [JSONMember] = []
        if let who {
            facts = [JSONMember("pid", .integer(Int64(who.pid))), JSONMember("since", .string(who.since.description))]
        }
        return AgentFailure(.holder, "another agent has this vault open", facts: facts)
    }

    static func of(_ failure: VaultLock.Failure) -> AgentFailure {
        switch failure {
        case .held(let who): holder(who)
        case .unsafe(let why): AgentFailure(.notAllowed, why)
        case .posix(let error): of(errno: error.code, "\(error)")
        }
    }

    static func of(_ error: Argon2Error, isNew: Bool) -> AgentFailure {
        switch error {
        case .tooCheap: return isNew ? .invalid("the cost is under the floor of 2 passes over 19 MiB") : wrongKey
        case .tooDear(_, let allowed):
            return AgentFailure(
                isNew ? .invalid : .tooLarge, "deriving the key costs more than this machine allows",
                facts: [JSONMember("what", "memory"), JSONMember("allowed", .integer(Int64(allowed)))])
        case .noMemory(let cost):
            return AgentFailure(
                .tooLarge, "not enough memory to derive the key",
                facts: [JSONMember("what", "memory"), JSONMember("needed", .integer(Int64(cost.memory)))])
        }
    }

    static func of(_ error: StoreError) -> AgentFailure {
        switch error {
        case .absent: absent
        case .exists: vaultExists
        case .newer(let version): newer(version)
        case .damaged(let why): damaged(why)
        case .replaced: replaced
        case .unsafeFile(let why): AgentFailure(.notAllowed, "the vault's file is not safe to use: \(why)")
        case .full: full
        case .readOnly: readOnly
        case .busy: busy
        case .io(let code): io("code \(code)")
        }
    }

    static func of(_ error: VaultError) -> AgentFailure {
        switch error {
        case .locked: return locked
        case .absent: return absent
        case .vaultExists: return vaultExists
        case .wrongKey: return wrongKey
        case .notFound(let profile, let name, let field):
            var facts = [JSONMember("profile", .string(profile.description))]
            if let name { facts.append(JSONMember("name", .string(name.description))) }
            if let field { facts.append(JSONMember("field", .string(field.description))) }
            let what = field != nil ? "field" : name != nil ? "credential" : "profile"
            return AgentFailure(.notFound, "no such \(what)", facts: facts)
        case .noRevision(let profile, let name, let revision):
            return AgentFailure(
                .notFound, "no such revision", facts: place(profile, name) + [JSONMember("revision", revision.json)])
        case .exists(let profile, let name):
            return AgentFailure(.exists, "it is there already", facts: place(profile, name))
        case .conflict(let profile, let name, let revision):
            return AgentFailure(
                .conflict, "it was changed meanwhile",
                facts: place(profile, name) + [JSONMember("revision", revision.json)])
        case .invalid(let why): return .invalid(why)
        case .tooLarge(let why): return AgentFailure(.tooLarge, why)
        case .newer(let version): return newer(version)
        case .olderCopy(let seen, let found):
            return AgentFailure(
                .olderCopy, "this is an older copy than this machine has seen",
                facts: [JSONMember("seen", seen.json), JSONMember("found", found.json)])
        case .forked(let generation):
            return AgentFailure(
                .forked, "this copy has another history than this machine has seen",
                facts: [JSONMember("generation", generation.json)])
        case .otherVault(let seen, let found):
            return AgentFailure(
                .forked, "this machine has seen another vault at this place",
                facts: [
                    JSONMember("seen", .string(seen.description)), JSONMember("found", .string(found.description)),
                ])
        case .unpinned(let found):
            return AgentFailure(
                .unpinned, "this vault is not one that the identity trusts",
                facts: [JSONMember("found", .string(found.description))])
        case .noSlot: return noSlot
        case .lastSlot: return AgentFailure(.lastSlot, "what would be left could not open the vault by itself")
        case .untested: return AgentFailure(.untested, "a second factor needs a recovery code that was proved")
        case .replaced: return replaced
        case .damaged(let why): return damaged(why)
        case .full: return full
        case .readOnly: return readOnly
        case .busy: return busy
        case .unsafeFile(let why): return AgentFailure(.notAllowed, "the vault's file is not safe to use: \(why)")
        case .io(let code): return io("code \(code)")
        }
    }

    static func of(errno code: Int32, _ why: String) -> AgentFailure {
        switch Errno(code) {
        case .noSuchFile: absent
        case .full: full
        case .readOnly: readOnly
        case .other: io(why)
        }
    }

    private static let replaced = AgentFailure(.replaced, "the vault's file is not the one that was opened")
    private static let full = AgentFailure(.full, "no space is left for the vault")
    private static let readOnly = AgentFailure(.readOnly, "the vault's file or folder cannot be written")
    private static let busy = io("another program has a lock on the vault's file")

    private static func newer(_ version: Int) -> AgentFailure {
        AgentFailure(
            .newer, "the vault has a newer format", facts: [JSONMember("format", .integer(Int64(version)))])
    }

    private static func damaged(_ why: String) -> AgentFailure {
        AgentFailure(.damaged, "the vault's file is damaged", facts: [JSONMember("where", .string(why))])
    }

    private static func place(_ profile: ProfileName, _ name: CredentialName) -> [JSONMember] {
        [JSONMember("profile", .string(profile.description)), JSONMember("name", .string(name.description))]
    }
}
