private import Glibc
internal import KistPosix
internal import KistProtocol

/// What the agent's errors mean for somebody who wants a credential.
enum AgentWords {
    static let source = "agent"

    static var cancelled: CredentialError {
        CredentialError(.cancelled, source: source, "the task was cancelled")
    }

    /// *Not here* is no error.
    static func result(_ error: ClientError, _ places: () throws(ClientError) -> Places) -> Result<
        Credential?, CredentialError
    > {
        switch error {
        case .agent(let failure): result(failure)
        case .notRunning:
            // Without an agent a vault is as good as locked; without a vault there is nothing here.
            isThere(places) ? failed(.locked, "no agent runs for the vault; kist unlock") : .success(nil)
        case .unsafePlace(let path, let why): failed(.unsafePlace, "\(path): \(why)")
        case .foreignAgent(let uid): failed(.unsafePlace, "the agent's socket is user \(uid)'s")
        case .cannotStart(let why), .noPlace(let why), .broken(let why): failed(.unavailable, why)
        case .timeout, .silent(pid: nil): failed(.timeout, "the agent does not answer")
        case .silent(let pid?): failed(.timeout, "the agent (process \(pid)) does not answer")
        case .tooLarge: failed(.invalid, "the request is longer than the protocol allows")
        }
    }

    private static func result(_ failure: AgentFailure) -> Result<Credential?, CredentialError> {
        switch failure.kind {
        case .notFound, .absent: .success(nil)
        case .locked, .wait: failed(.locked, "the vault is locked; kist unlock")
        case .expired: failed(.expired, "the credential has expired; kist list --expiring 1d")
        case .refused: failed(.refused, failure.message)
        case .damaged, .olderCopy, .forked, .replaced: failed(.damaged, failure.message + "; kist status")
        case .notAllowed: failed(.unsafePlace, failure.message)
        case .invalid, .tooLarge: failed(.invalid, failure.message)
        default: failed(.unavailable, failure.message)
        }
    }

    private static func failed(
        _ reason: CredentialError.Reason, _ message: String
    ) -> Result<Credential?, CredentialError> {
        .failure(CredentialError(reason, source: source, message))
    }

    private static func isThere(_ places: () throws(ClientError) -> Places) -> Bool {
        guard let places = try? places() else { return false }
        do throws(PosixError) {
            _ = try FileStatus(of: places.vault)
            return true
        } catch {
            // One that cannot be looked at is not one that is not there: then another source must not be asked instead.
            return error.code != ENOENT && error.code != ENOTDIR
        }
    }
}
