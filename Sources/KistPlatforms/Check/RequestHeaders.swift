package import SecretMemory

/// The header lines that carry a credential to its platform: those of the call that proves it.
///
/// A client may send the same key otherwise; what stands here is what the platform itself takes.
package struct RequestHeaders: ~Copyable {
    /// The names in the order of their lines.
    package let names: [String]
    /// Whole lines, `Name: value`, each ended by a line feed.
    package let lines: SecretBytes

    package enum Fault: Error, Equatable, Sendable {
        /// Nothing of it travels in a header.
        case none
        /// A token has to be made and signed for each call.
        case signed
        /// These fields have no value.
        case missing([String])
        /// A value cannot stand in a header: it holds a control character.
        case unfit(field: String)
    }
}

extension Platform {
    /// The headers of a request with this credential.
    ///
    /// The first check counts that puts a secret into a header and can be filled in; what else that check needs (a path, a
    /// body) does not matter here.
    ///
    /// - Parameter field: any field, plain or secret, the platform's fallbacks among them.
    package func requestHeaders(
        name: String, variant: String?, plain: [String: String], secrets: Set<String>, field: FieldBytes
    ) throws(RequestHeaders.Fault) -> RequestHeaders {
        let plain = withFallbacks(plain, variant: variant)
        var fault = RequestHeaders.Fault.none
        for recipe in checks where recipe.condition.allows(variant: variant) {
            guard recipe.condition.values.allSatisfy({ plain[$0.key] == $0.value }) else { continue }
            if recipe.keyPair != nil {
                fault = .signed
                continue
            }
            let headers = recipe.headers.filter {
                $0.condition.holds(variant: variant, plain: plain, secrets: secrets)
            }
            guard recipe.basic != nil || headers.contains(where: { holdsSecret($0.value, variant) }) else { continue }
            var needs = recipe.basic.map { $0.user.fields.union($0.password.fields) } ?? []
            for header in headers { needs.formUnion(header.name.fields.union(header.value.fields)) }
            let absent = needs.filter { !secrets.contains($0) && (plain[$0] ?? "").isEmpty }
            guard absent.isEmpty else {
                fault = .missing(absent.sorted())
                continue
            }
            return try lines(headers, recipe.basic, name, plain, field)
        }
        if fault == .none, let pair = loginPair(variant) {
            let absent = [pair.user, pair.password].filter { !secrets.contains($0) && (plain[$0] ?? "").isEmpty }
            guard absent.isEmpty else { throw .missing(absent) }
            let basic = CheckRecipe.Basic(
                user: Template(parts: [.field(pair.user, .none)]),
                password: Template(parts: [.field(pair.password, .none)]))
            return try lines([], basic, name, plain, field)
        }
        throw fault
    }

    /// A user name and a password, where no call of the platform's own says how they travel: HTTP's own way.
    private func loginPair(_ variant: String?) -> (user: String, password: String)? {
        guard !checks.contains(where: { $0.condition.allows(variant: variant) }),
            let user = field(named: "username", variant: variant), !user.isSecret,
            let password = field(named: "password", variant: variant), password.isSecret
        else { return nil }
        return (user.name, password.name)
    }

    /// The user name and the password of the call that proves a credential, or of a plain login.
    package func basicPair(variant: String?, plain: [String: String]) -> CheckRecipe.Basic? {
        for recipe in checks where recipe.condition.allows(variant: variant) {
            if let basic = recipe.basic, recipe.condition.values.allSatisfy({ plain[$0.key] == $0.value }) {
                return basic
            }
        }
        return loginPair(variant).map { pair in
            CheckRecipe.Basic(
                user: Template(parts: [.field(pair.user, .none)]),
                password: Template(parts: [.field(pair.password, .none)]))
        }
    }

    private func holdsSecret(_ template: Template, _ variant: String?) -> Bool {
        template.fields.contains { name in field(named: name, variant: variant)?.isSecret ?? isFreeForm }
    }

    private func lines(
        _ headers: [CheckRecipe.Header], _ basic: CheckRecipe.Basic?, _ name: String, _ plain: [String: String],
        _ field: FieldBytes
    ) throws(RequestHeaders.Fault) -> RequestHeaders {
        var names: [String] = []
        var text = SecretBuffer(capacity: 1_024)
        for header in headers {
            guard let title = header.name.text(name: name, plain: plain), Self.isHeaderName(title) else {
                throw .unfit(field: header.name.fields.sorted().first ?? "header")
            }
            let start = text.count
            text.append("\(title): ")
            header.value.render(into: &text, name: name, field: field)
            guard Self.isOneLine(text, from: start) else {
                throw .unfit(field: header.value.fields.sorted().first ?? title)
            }
            text.append(10)
            names.append(title)
        }
        if let basic {
            var pair = SecretBuffer()
            basic.user.render(into: &pair, name: name, field: field)
            guard !pair.withBytes({ $0.contains(UInt8(ascii: ":")) }) else {
                throw .unfit(field: basic.user.fields.sorted().first ?? "user")
            }
            pair.append(":")
            basic.password.render(into: &pair, name: name, field: field)
            text.append("Authorization: Basic ")
            pair.withBytes { TemplateEncoding.base64.encode($0) { text.append($0) } }
            text.append(10)
            names.append("Authorization")
        }
        return RequestHeaders(names: names, lines: text.finish())
    }

    private static func isHeaderName(_ name: String) -> Bool {
        var name = name
        return !name.isEmpty
            && name.withUTF8 { FieldForm.headerName.check(UnsafeRawBufferPointer($0)) } == nil
    }

    private static func isOneLine(_ text: borrowing SecretBuffer, from start: Int) -> Bool {
        text.withBytes { bytes in bytes[start...].allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
    }
}
