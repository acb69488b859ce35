internal import KistBundle
internal import KistCrypto
internal import KistModel
internal import KistProtocol
internal import KistVault
internal import SecretMemory

/// Bundles: credentials leave the vault sealed for machines, and the vault remembers which.
extension Agent {
    /// Bytes of all secrets of one bundle.
    private static let mostSecrets = 3 << 19

    /// Says which vault would seal.
    func sealer(_ request: Request, _ client: Client) throws {
        let text = try vault(for: client) { (vault) throws(VaultError) -> String? in
            let sealer = try vault.bundleSealer()
            return VaultKey(publicKey: sealer.pair.publicKey)?.description
        }
        reply(client, request.id, try sealResult(text, client).json)
    }

    func seal(_ request: Request, _ client: Client) throws {
        // Also of what cannot be understood.
        attempt = entry(Method.seal.rawValue, Self.targets(request.params), for: client)
        try seal(try SealRequest(json: request.params), request.id, client, agreed: .none)
    }

    /// - Parameter agreed: what a person has just agreed to.
    private func seal(_ wanted: SealRequest, _ id: Int64, _ client: Client, agreed: Agreement) throws {
        var recipients: [Recipient] = []
        for text in wanted.recipients {
            guard let recipient = Recipient(text), !recipients.contains(recipient) else {
                throw AgentFailure.invalid("recipients")
            }
            recipients.append(recipient)
        }
        let now = clock.now()
        let wants = wanted.items.map { KistVault.Want(profile: $0.profile, name: $0.name) }
        let revealed = try vault(for: client) { (vault) throws(VaultError) in
            try vault.reveal(wants, most: Self.mostSecrets)
        }
        let overviews = revealed.items.map(\.overview)
        if !wanted.allowExpired, let past = overviews.first(where: { $0.expiry.isPast(at: now) }) {
            throw Self.expired(past)
        }
        let mayLeave = try permits(
            overviews, for: .seal, reason: "for \(wanted.label)", agreed: agreed, id, client
        ) { [unowned self, unowned client] agreed in try seal(wanted, id, client, agreed: agreed) }
        guard mayLeave else { return }
        let whose = recipients.map(\.fingerprint).joined(separator: " ")
        attempt?.reason = "\(wanted.label) for \(whose)" + (wanted.reason.map { ": \($0)" } ?? "")
        attempt?.targets = overviews.map {
            AuditEntry.Target(profile: $0.profile, name: $0.name, revision: $0.revision, fields: $0.secrets)
        }
        try record(.durable)
        let secrets = revealed.takeSegments()
        let sealer = try vault(for: client) { (vault) throws(VaultError) in try vault.bundleSealer() }
        let file: [UInt8]
        do {
            file = try SealedBundle.seal(
                overviews, secrets, for: recipients, from: sealer.pair, vaultID: sealer.vaultID,
                expiry: wanted.expiry, now: now)
        } catch {
            guard case .invalid(let why) = error else { throw AgentFailure.invalid("bundle") }
            throw AgentFailure(.notAllowed, why)
        }
        // Before the bundle leaves: better one too many in the list than one that nobody knows of.
        let notes = recipients.map {
            BundleNote(label: wanted.label, recipient: $0.description, sealed: now, expiry: wanted.expiry)
        }
        let note = try note("seal \(wanted.label)", client)
        _ = try vault(for: client) { (vault) throws(VaultError) in
            try vault.note(
                notes, with: overviews.map { (profile: $0.profile, name: $0.name, revision: $0.revision) }, note)
        }
        let lengths = stride(from: 0, to: file.count, by: FrameLayout.largestSegment).map {
            min(FrameLayout.largestSegment, file.count - $0)
        }
        let segments = SecretSegments(bytes: SecretBytes(copyingExposed: file), lengths: lengths)
        let result = try sealResult(VaultKey(publicKey: sealer.pair.publicKey)?.description, client)
        let response = Response(id: id, .result(result.json))
        reply(client, segments) { $0 = response.json.encoded }
    }

    private func sealResult(_ text: String?, _ client: Client) throws(AgentFailure) -> SealResult {
        let fingerprint = try vault(for: client) { (vault) throws(VaultError) in vault.fingerprint.description }
        return SealResult(vault: text ?? "", fingerprint: fingerprint)
    }
}
