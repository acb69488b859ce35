/// How a credential is shown to its platform with each call, as the platform's own check does it.
package struct HeaderPlan: Sendable {
    package struct Header: Sendable {
        package let name: String
        package let value: Template
        /// Whether a secret field stands in the value.
        package let isSecret: Bool
    }

    package var headers: [Header] = []
    package var basic: CheckRecipe.Basic?

    /// Nothing is shown.
    package init(basic: CheckRecipe.Basic? = nil) { self.basic = basic }

    package var isEmpty: Bool { basic == nil && !headers.contains(where: \.isSecret) }
}

extension Platform {
    /// The headers of the first check that fits and sends the secret in headers.
    ///
    /// A check that asks for a token shows the credential to the token endpoint only, so it does not count; nor does one
    /// that signs.
    ///
    /// - Parameters:
    ///   - plain: its plain values, derived ones included.
    ///   - secrets: the names of the secret fields that it has.
    package func headers(variant: String?, plain: [String: String], secrets: Set<String>) -> HeaderPlan {
        let plain = withFallbacks(plain, variant: variant)
        let present = secrets.union(plain.filter { !$0.value.isEmpty }.keys)
        for recipe in checks where recipe.condition.allows(variant: variant) && !recipe.asksForToken {
            // What else the check's own call needs (a project, an address) does not matter here.
            guard recipe.keyPair == nil, recipe.condition.values.allSatisfy({ plain[$0.key] == $0.value }) else {
                continue
            }
            var plan = HeaderPlan(basic: recipe.basic)
            for header in recipe.headers
            where header.condition.holds(variant: variant, plain: plain, secrets: secrets)
                && header.value.fields.allSatisfy(present.contains)
            {
                guard let name = header.name.text(name: "", plain: plain) else { continue }
                let isSecret = header.value.fields.contains(where: secrets.contains)
                plan.headers.append(.init(name: name, value: header.value, isSecret: isSecret))
            }
            if !plan.isEmpty { return plan }
        }
        return HeaderPlan()
    }

    /// Where the credential may be sent: hosts with their ports, never a wildcard.
    package func origins(variant: String?, plain: [String: String]) -> [Origin] {
        let plain = withFallbacks(plain, variant: variant)
        var origins: [Origin] = []
        for template in hosts {
            if template.parts.count == 1, case .field(let field, .host) = template.parts[0] {
                if let address = plain[field].flatMap({ WebAddress($0) }) { origins.append(Origin(address)) }
            } else if let text = template.text(name: "", plain: plain), let address = WebAddress("https://" + text) {
                origins.append(Origin(address))
            }
        }
        // An address that was stored on purpose belongs to the credential, whatever the platform's own hosts are.
        if let field = field(named: "url", variant: variant), field.form == .url,
            let address = plain["url"].flatMap({ WebAddress($0) })
        {
            origins.append(Origin(address))
        }
        return origins
    }
}

/// A place on the network: a host and a port of it.
package struct Origin: Hashable, Sendable {
    package let host: String
    package let port: Int

    package init(_ address: WebAddress) {
        host = address.host
        port = address.port
    }
}

extension CheckRecipe {
    /// Whether it changes the credential into an access token (RFC 6749).
    fileprivate var asksForToken: Bool {
        body?.parts.contains { part in
            // As words of a form or members of JSON: nothing else stands around it.
            if case .literal(let text) = part {
                text.utf8.split { !($0 == 95 || FieldForm.isAlphanumeric($0)) }
                    .contains { $0.elementsEqual("grant_type".utf8) }
            } else {
                false
            }
        } ?? false
    }
}
