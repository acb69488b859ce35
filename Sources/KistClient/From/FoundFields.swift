internal import KistPlatforms
internal import SecretMemory

/// Values that a source without a vault's knowledge has found, to be completed and checked as `kist add` would.
struct FoundFields {
    var plain: [String: String] = [:]
    var secrets: [String: Secret] = [:]

    func contains(_ field: String) -> Bool { plain[field] != nil || secrets[field] != nil }

    /// - Parameters:
    ///   - place: what a field is called there, for errors: "variable KUMO_API_KEY".
    /// - Throws: `.invalid` naming the place, never the value.
    func credential(
        _ name: String, _ platformName: String, _ platform: Platform?, profile: String?, source: String,
        place: (String) -> String
    ) throws(CredentialError) -> Credential {
        guard let platform else {
            return credential(
                name, platformName, nil, profile: profile, plain: plain.sorted { $0.key < $1.key },
                secrets: secrets.sorted { $0.key < $1.key }, expires: nil)
        }
        let variant = variant(of: platform)
        var trimmed: [String: Secret] = [:]
        for (field, value) in secrets {
            let range = value.withBytes { bytes in
                platform.field(named: field, variant: variant)?.trimmed(bytes) ?? 0..<bytes.count
            }
            trimmed[field] = range.count == value.count ? value : Secret(value.bytes.slice(range))
        }
        let completion = platform.complete(variant: variant, given: plain, secrets: Set(trimmed.keys)) { field, use in
            guard let value = trimmed[field] else { return false }
            value.withBytes(use)
            return true
        }
        if let fault = completion.faults.first {
            throw CredentialError(.invalid, source: source, "\(place(fault.field)): \(fault.finding.description)")
        }
        let known = platform.fields(variant: variant).filter(\.isSecret).map(\.name)
        let order = known.filter { trimmed[$0] != nil } + trimmed.keys.filter { !known.contains($0) }.sorted()
        let end = platform.fields(variant: variant).first(where: \.isExpiry).flatMap { completion.plain[$0.name] }
        return credential(
            name, platformName, variant, profile: profile,
            plain: completion.order.compactMap { field in completion.plain[field].map { (field, $0) } },
            secrets: order.compactMap { field in trimmed[field].map { (field, $0) } },
            expires: end.flatMap { Moment($0) })
    }

    /// The first variant whose required secrets are all there.
    private func variant(of platform: Platform) -> String? {
        let names = platform.variants.map(\.name)
        return names.first { variant in
            platform.fields(variant: variant).allSatisfy { !$0.isSecret || !$0.isRequired || secrets[$0.name] != nil }
        } ?? names.first
    }

    private func credential(
        _ name: String, _ platform: String, _ variant: String?, profile: String?,
        plain: [(key: String, value: String)], secrets: [(key: String, value: Secret)], expires: Moment?
    ) -> Credential {
        Credential(
            name, profile: profile ?? "default", platform: platform, variant: variant, expires: expires,
            fields: plain.map { .plain($0.key, $0.value) } + secrets.map { Credential.Field($0.key, .secret($0.value)) }
        )
    }
}
