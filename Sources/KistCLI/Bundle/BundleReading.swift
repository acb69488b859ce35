internal import KistBundle
internal import KistClient
internal import KistCrypto
internal import KistModel
internal import KistProtocol
internal import SecretMemory

/// What the agent does for a vault, for an opened bundle; and what to do when it was not opened.
enum BundleReading {
    /// The same rules as the agent's: all wants or none, nothing that has expired, `run-only` for programs only.
    static func reveal(
        _ bundle: borrowing OpenedBundle, _ request: RevealRequest, now: Timestamp
    ) throws(Failure) -> RevealReply {
        var items: [RevealedItem] = []
        var values = SecretBuffer(capacity: 4_096)
        var lengths: [Int] = []
        for want in request.wants {
            guard let overview = bundle.overview(want.profile, want.name) else {
                throw notFound(want.profile, want.name)
            }
            try check(overview, request, now)
            var item = RevealedItem(overview: overview, fields: [])
            for field in want.fields ?? overview.secrets where overview.plainValue(field) == nil {
                let before = values.count
                let found = bundle.withSecret(want.profile, want.name, field) { bytes -> Bool in
                    values.append(bytes)
                    return true
                }
                var isThere = found == true
                if !isThere { isThere = try appendCode(bundle, want, field, now, to: &values) }
                guard isThere else {
                    throw Failure(
                        "\(want.name) has no field \(field)", advice: ["see its fields:  kist show \(want.name)"],
                        code: ExitCode.notFound)
                }
                item.fields.append(RevealedItem.Field(name: field, segment: lengths.count))
                lengths.append(values.count - before)
            }
            items.append(item)
        }
        return RevealReply(items: items, segments: SecretSegments(bytes: values.finish(), lengths: lengths))
    }

    /// The code of this moment, made here from its key: there is no agent.
    private static func appendCode(
        _ bundle: borrowing OpenedBundle, _ want: Want, _ field: FieldName, _ now: Timestamp,
        to values: inout SecretBuffer
    ) throws(Failure) -> Bool {
        guard field == .oneTimeCode else { return false }
        var text = SecretBuffer()
        guard bundle.withSecret(want.profile, want.name, .oneTimeText, { text.append($0) }) != nil else { return false }
        do throws(OneTimeFault) {
            values.append(try text.withBytes { (text) throws(OneTimeFault) in try OneTimeCode.make(text, now: now) })
            return true
        } catch { throw Failure("the field totp of \(want.name) is no key of one-time codes: \(error.why)") }
    }

    private static func check(_ overview: Overview, _ request: RevealRequest, _ now: Timestamp) throws(Failure) {
        if case .at(let end) = overview.expiry, end <= now, !request.allowExpired {
            throw Failure(
                "\(overview.name) expired on \(end.date)",
                advice: [
                    "where the vault is:   kist edit \(overview.name) FIELD --expires DATE,  then kist seal --again FILE",
                    "use it all the same:  --allow-expired",
                ])
        }
        if overview.policy == .runOnly, ![.run, .check, .curl, .provider, .proxy].contains(request.purpose) {
            throw Failure(
                "\(overview.name) is run-only: it is put into programs, and not written out",
                advice: ["kist run \(overview.name) -- COMMAND"])
        }
    }

    static func notFound(_ profile: ProfileName, _ name: CredentialName) -> Failure {
        Failure(
            "the bundle holds no credential \(name) in profile \(profile)",
            advice: [
                "see what it holds:  kist list --all", "without a bundle:   env -u KIST_BUNDLE kist …",
            ], code: ExitCode.notFound)
    }

    static func damaged(_ path: String, _ why: String) -> Failure {
        Failure(
            "the bundle \(path) is damaged: \(why)",
            advice: ["Fetch it again; git must treat it as binary:  echo '*.kist binary' >> .gitattributes"],
            code: ExitCode.bundleDamaged)
    }

    static func failure(_ error: BundleError, _ path: String, _ identity: String?) -> Failure {
        switch error {
        case .damaged(let why): damaged(path, why)
        case .newer(let version):
            Failure(
                "the bundle \(path) was made by a newer Kist (format \(version))", advice: ["Update Kist here."],
                code: ExitCode.bundleDamaged)
        case .foreign(let key, let fingerprint):
            Failure(
                "the bundle \(path) was sealed by a vault that this identity does not trust (\(fingerprint))",
                advice: [
                    "Compare with the fingerprint that kist status shows where it was sealed. Only if they are the same:",
                    "kist identity trust \(identity ?? "FILE") \(key)",
                ], code: ExitCode.bundleForeign)
        case .notForThis:
            Failure(
                "the bundle \(path) was not sealed for this identity",
                advice: [
                    "whose it is:        kist identity show \(identity ?? "FILE")",
                    "where the vault is: kist seal NAME --to RECIPIENT -o FILE",
                ], code: ExitCode.bundleNotForThis)
        case .expired(let end):
            Failure(
                "the bundle \(path) expired on \(end.date)",
                advice: ["where the vault is:  kist seal --again FILE"], code: ExitCode.bundleExpired)
        case .invalid(let why): Failure("no bundle: \(why)")
        }
    }
}
