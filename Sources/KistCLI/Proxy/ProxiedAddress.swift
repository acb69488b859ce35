import KistModel
import KistPlatforms
import SecretMemory

/// Where a credential's clients call its platform, and which field tells them.
struct ProxiedAddress: Equatable {
    /// The plain field that holds the address.
    let field: String
    /// Scheme, host and port.
    let origin: String
    /// The path of the address, without a slash at its end.
    let base: String
    /// The header fields in which the credential goes, in lower case: `authorization`, and those of the call that proves it.
    let fields: Set<String>
    /// The plain fields as stored.
    let plain: [String: String]

    /// - Throws: for platforms whose clients are not told by an address where to go, or carry no secret in a header.
    init(_ overview: Overview, _ platform: Platform) throws(Failure) {
        let stored = Dictionary(overview.plain.map { ($0.name.description, $0.value) }) { first, _ in first }
        guard let url = platform.baseURL(variant: overview.variant, plain: stored), let address = WebAddress(url),
            address.isSafe,
            let field = platform.fields(variant: overview.variant).first(where: { field in
                !field.isSecret && field.form == .url && (stored[field.name] ?? field.fallback) == url
            }),
            platform.environment.contains(where: { $0.value.fields.contains(field.name) })
        else {
            throw Failure(
                "no program can be told to reach \(platform.title) through a proxy",
                advice: ["what its clients take is shown by:  kist platform show \(platform.name)"])
        }
        let secrets = Set(overview.secrets.map(\.description))
        let sends = platform.checks.contains { recipe in
            recipe.condition.allows(variant: overview.variant)
                && (recipe.headers.contains { !$0.value.fields.isDisjoint(with: secrets) }
                    || !(recipe.basic?.password.fields.isDisjoint(with: secrets) ?? true))
        }
        guard sends, platform.files.isEmpty else {
            throw Failure(
                "\(platform.title) is not given its secret in a header, and only there a proxy could put it",
                advice: ["kist run \(overview.name) -- COMMAND"])
        }
        var names: Set<String> = ["authorization"]
        for recipe in platform.checks where recipe.condition.allows(variant: overview.variant) {
            for header in recipe.headers where !header.value.fields.isDisjoint(with: secrets) {
                var buffer = SecretBuffer(capacity: 64)
                header.name.render(into: &buffer, name: overview.name.description, folder: nil) { name, use in
                    guard var text = stored[name] else { return false }
                    text.withUTF8 { use(UnsafeRawBufferPointer($0)) }
                    return true
                }
                let name = buffer.finish().withBytes { String(decoding: $0, as: UTF8.self) }
                if !name.isEmpty { names.insert(name.lowercased()) }
            }
        }
        fields = names
        self.field = field.name
        origin = address.originText
        var path = address.path
        while path.last == "/" { path.removeLast() }
        base = path
        plain = stored
    }
}
