private import Glibc
internal import KistBundle
internal import KistCrypto
internal import KistModel
internal import KistPosix
internal import SecretMemory
internal import Synchronization

/// A bundle (`kist seal`): exactly the credentials that a machine needs, opened by its own identity, with no agent, no
/// vault and no person.
///
/// It is opened at the first request, kept in locked memory, and opened again when its file was replaced, so a service
/// gets new credentials without a restart. An expired bundle, or an expired credential in it, is an error.
public struct BundleSource: CredentialProvider {
    static let shared = BundleSource()

    private let shelf: Shelf
    private let profile: String?

    /// - Parameters:
    ///   - path: the bundle's file; without it `KIST_BUNDLE`. With neither this source has nothing.
    ///   - identity: the file of this machine's identity (mode 0600); without it `KIST_IDENTITY_FILE`, else the system
    ///     credential `kist.identity` of a systemd unit.
    ///   - profile: for requests that name none; without it `KIST_PROFILE`, else `default`.
    public init(_ path: String? = nil, identity: String? = nil, profile: String? = nil) {
        func variable(_ name: String) -> String? { Environment.value(name).flatMap { $0.isEmpty ? nil : $0 } }
        let named = identity ?? variable("KIST_IDENTITY_FILE")
        let system = variable("CREDENTIALS_DIRECTORY").map { $0 + "/kist.identity" }
        shelf = Shelf(path: path ?? variable("KIST_BUNDLE"), identity: named ?? system, isSystem: named == nil)
        self.profile = profile ?? variable("KIST_PROFILE")
    }

    /// `bundle`.
    public var sourceName: String { Shelf.source }

    /// What the bundle holds under that name; `nil` when it holds none, or when no bundle was named.
    public func credential(for request: CredentialRequest) async throws(CredentialError) -> Credential? {
        guard shelf.path != nil else { return nil }
        let name = try request.checkedName(sourceName)
        let profile = try request.checkedProfile(profile, sourceName)
        // Where its file lies may be slow, and another task may be opening it.
        return try await OwnThreads.shared.run(deadline: .seconds(30), source: Shelf.source) {
            [shelf] (_) throws(CredentialError) in try shelf.credential(profile, name)
        }
    }
}

extension CredentialProvider where Self == BundleSource {
    /// The bundle that `KIST_BUNDLE` names, with the identity of this machine.
    public static var bundle: BundleSource { .shared }

    /// A bundle by its file.
    public static func bundle(_ path: String, identity: String? = nil, profile: String? = nil) -> BundleSource {
        BundleSource(path, identity: identity, profile: profile)
    }
}

/// The opened bundle, as long as its file stays the same.
private final class Shelf: Sendable {
    static let source = "bundle"

    private struct Held: ~Copyable {
        var status: FileStatus
        var bundle: OpenedBundle
    }

    let path: String?
    private let identity: String?
    private let isSystem: Bool
    private let held = Mutex<Held?>(nil)

    init(path: String?, identity: String?, isSystem: Bool) {
        self.path = path
        self.identity = identity
        self.isSystem = isSystem
    }

    /// Opening takes some milliseconds at most: a bundle has no slow key derivation.
    func credential(_ profile: ProfileName, _ name: CredentialName) throws(CredentialError) -> Credential? {
        guard let path else { return nil }
        let status: FileStatus
        do throws(PosixError) { status = try FileStatus(of: path, followingLinks: true) } catch {
            throw Self.failed(.unavailable, "\(path): \(error)")
        }
        let now = Timestamp(seconds: WallClock.seconds)
        let result = held.withLock { held -> Result<Credential?, CredentialError> in
            Result { () throws(CredentialError) -> Credential? in
                let isSame =
                    switch held {
                    case .some(let known): known.status == status
                    case .none: false
                    }
                if !isSame { held = Held(status: status, bundle: try open(path, now)) }
                switch held {
                case .some(let known): return try Self.take(known.bundle, profile, name, now)
                case .none: return nil
                }
            }
        }
        return try result.get()
    }

    private static func take(
        _ bundle: borrowing OpenedBundle, _ profile: ProfileName, _ name: CredentialName, _ now: Timestamp
    ) throws(CredentialError) -> Credential? {
        if case .at(let end) = bundle.head.expiry, end <= now {
            throw failed(.expired, "the bundle expired on \(end.date); kist seal --again FILE where the vault is")
        }
        guard let overview = bundle.overview(profile, name) else { return nil }
        guard !overview.expiry.isPast(at: now) else {
            throw failed(.expired, "\(name) has expired; where the vault is: kist edit, then kist seal --again FILE")
        }
        var fields = Credential.plainFields(overview)
        for field in overview.secrets {
            let value = bundle.withSecret(profile, name, field) { Secret(SecretBytes(copyingExposed: $0)) }
            if let value { fields.append(Credential.Field(field.description, .secret(value))) }
        }
        return Credential(overview, fields)
    }

    private func open(_ path: String, _ now: Timestamp) throws(CredentialError) -> OpenedBundle {
        let read: [UInt8]?
        do throws(PosixError) {
            // Not blocking: a pipe in the place of a file must not hold the caller.
            let opened = try File.open(path, flags: O_RDONLY | O_NONBLOCK)
            read = try FileStatus(of: opened.raw).kind == .file ? File.read(opened, most: SealedBundle.longest) : nil
        } catch {
            throw Self.failed(.unavailable, "\(path): \(error)")
        }
        guard let file = read else { throw Self.failed(.unsafePlace, "\(path): it is not a regular file") }
        let identity = try readIdentity()
        do throws(BundleError) { return try OpenedBundle(file, with: identity, now: now) } catch {
            throw Self.words(error, path)
        }
    }

    private func readIdentity() throws(CredentialError) -> IdentityFile {
        guard let identity else {
            throw Self.failed(.unavailable, "no identity to open the bundle with; KIST_IDENTITY_FILE=FILE")
        }
        let bytes = try PrivateFileReading.read(
            identity, most: IdentityFile.longest, source: Self.source, groupMayRead: isSystem)
        do throws(IdentityFile.Refusal) { return try IdentityFile(bytes) } catch {
            throw Self.failed(.damaged, "\(identity) is not the file of an identity")
        }
    }

    private static func words(_ error: BundleError, _ path: String) -> CredentialError {
        switch error {
        case .damaged(let why): failed(.damaged, "\(path): \(why)")
        case .newer(let version): failed(.damaged, "\(path) was made by a newer Kist (format \(version))")
        case .foreign(_, let fingerprint):
            failed(.unsafePlace, "\(path) was sealed by a vault that this identity does not trust (\(fingerprint))")
        case .notForThis: failed(.unavailable, "\(path) was not sealed for this identity")
        case .expired(let end): failed(.expired, "the bundle expired on \(end.date); kist seal --again FILE")
        case .invalid(let why): failed(.damaged, "\(path): \(why)")
        }
    }

    private static func failed(_ reason: CredentialError.Reason, _ message: String) -> CredentialError {
        CredentialError(reason, source: source, message)
    }
}
