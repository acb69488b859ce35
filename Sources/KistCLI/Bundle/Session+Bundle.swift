private import Glibc
internal import KistBundle
internal import KistClient
internal import KistCrypto
internal import KistModel
internal import KistPosix
internal import KistProtocol
internal import SecretMemory

/// A bundle in place of the vault: the commands that only read take their credentials from it, with no agent.
extension Session {
    /// The bundle that `KIST_BUNDLE` names. A vault named on the command line goes before it.
    var bundlePath: String? { options.vault == nil ? environment.nonEmpty("KIST_BUNDLE") : nil }

    /// For commands that a bundle cannot serve.
    func refuseBundle() throws(Failure) {
        guard bundlePath != nil else { return }
        throw Failure.usage(
            "KIST_BUNDLE is set, and this needs the vault: a bundle is only read",
            advice: ["with the vault:  env -u KIST_BUNDLE kist …   or   --vault FILE"])
    }

    /// Secrets for a command that reads, from the bundle or the vault.
    func reveal(_ request: RevealRequest) throws(Failure) -> RevealReply {
        guard bundlePath != nil else {
            return try ask { (agent) throws(ClientError) in try agent.reveal(request) }
        }
        let now = now
        return try withBundle { (bundle) throws(Failure) in
            try BundleReading.reveal(bundle, request, now: now)
        }
    }

    /// Overviews of one profile, or of all, from the bundle or the vault.
    func overviews(_ profile: ProfileName?) throws(Failure) -> [Overview] {
        guard bundlePath != nil else {
            return try ask { (agent) throws(ClientError) in try agent.list(profile: profile) }
        }
        return try withBundle { (bundle) throws(Failure) in
            bundle.overviews.filter { profile == nil || $0.profile == profile }
        }
    }

    func overview(_ profile: ProfileName, _ name: CredentialName) throws(Failure) -> Overview {
        guard bundlePath != nil else {
            return try ask { (agent) throws(ClientError) in try agent.show(profile: profile, name: name) }
        }
        return try withBundle { (bundle) throws(Failure) in
            guard let overview = bundle.overview(profile, name) else { throw BundleReading.notFound(profile, name) }
            return overview
        }
    }

    private func withBundle<R: ~Copyable>(
        _ body: (borrowing OpenedBundle) throws(Failure) -> R
    ) throws(Failure) -> R {
        if bundle == nil { bundle = try openBundle() }
        switch bundle {
        case .some(let opened): return try body(opened)
        case .none: preconditionFailure("just opened")
        }
    }

    private func openBundle() throws(Failure) -> OpenedBundle {
        let path = bundlePath ?? ""
        let shown = Home.short(path, places.home)
        let bytes: [UInt8]
        do throws(PosixError) { bytes = try File.read(path, most: SealedBundle.longest) } catch {
            if error.code == EFBIG { throw BundleReading.damaged(shown, "it is longer than a bundle can be") }
            throw Failure(
                "the bundle \(shown), which KIST_BUNDLE names: \(String(cString: strerror(error.code)))",
                advice: ["without a bundle:  env -u KIST_BUNDLE kist …"])
        }
        let identity = try identityForBundles()
        do { return try OpenedBundle(bytes, with: identity, now: now) } catch {
            throw BundleReading.failure(error, shown, identityPath)
        }
    }

    /// `KIST_IDENTITY_FILE`, else the service manager's credential `kist.identity`.
    private var identityPath: String? {
        environment.nonEmpty("KIST_IDENTITY_FILE")
            ?? environment.nonEmpty("CREDENTIALS_DIRECTORY").map {
                $0 + "/kist.identity"
            }
    }

    private func identityForBundles() throws(Failure) -> IdentityFile {
        guard let path = identityPath else {
            throw Failure(
                "KIST_BUNDLE is set, but no identity to open that bundle with",
                advice: [
                    "name its file:     KIST_IDENTITY_FILE=FILE",
                    "in a systemd unit: LoadCredentialEncrypted=kist.identity:FILE",
                ], code: ExitCode.notOpened)
        }
        return try IdentityReading.read(path, isCredential: environment.nonEmpty("KIST_IDENTITY_FILE") == nil)
    }
}
