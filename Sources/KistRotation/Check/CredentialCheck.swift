package import KistPlatforms
package import SecretMemory

/// A credential to be proved.
package struct CredentialCheck: Sendable {
    package let platform: Platform
    package let variant: String?
    /// The credential's name, for templates.
    package let name: String
    package let plain: [String: String]
    /// The secret fields, in the order of their segments.
    package let secrets: [String]

    package init(platform: Platform, variant: String?, name: String, plain: [String: String], secrets: [String]) {
        self.platform = platform
        self.variant = variant
        self.name = name
        self.plain = plain
        self.secrets = secrets
    }

    /// Makes the call, if there is one, and says what it means.
    package func run(_ settings: NetworkSettings, _ segments: borrowing SecretSegments) -> CheckReport {
        let names = Set(secrets)
        let recipe: CheckRecipe
        switch platform.check(variant: variant, plain: plain, secrets: names) {
        case .none(let why): return CheckReport(.unknown, why: why)
        case .call(let found): recipe = found
        }
        let filled = platform.withFallbacks(plain, variant: variant)
        let call: HTTPCall
        do throws(CallFault) {
            call = try HTTPCall.make(
                recipe, name: name, plain: filled, secrets: names, variant: variant
            ) { field, use in
                if let index = secrets.firstIndex(of: field) {
                    segments.withSegment(index, use)
                    return true
                }
                guard var text = filled[field], !text.isEmpty else { return false }
                text.withUTF8 { use(UnsafeRawBufferPointer($0)) }
                return true
            }
        } catch { return CheckReport(.unknown, why: Self.words(error)) }
        let host = call.address.host
        return Judgement.judge(recipe, call.perform(settings), host: host)
    }

    private static func words(_ fault: CallFault) -> String {
        switch fault {
        case .missing(let fields): "a check needs \(fields.joined(separator: ", "))"
        case .address: "the address of the check is no url"
        case .clear(let host): "\(host) would be asked over plain http; Kist sends a secret over https only"
        case .header: "a value has characters that no HTTP header can carry"
        case .key(let why): why
        case .tooLarge: "the values are too long for one request"
        }
    }
}
