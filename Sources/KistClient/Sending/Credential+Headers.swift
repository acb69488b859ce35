internal import KistPlatforms
internal import SecretMemory

extension Credential {
    /// The headers that show this credential to its platform, for a request to `url`.
    ///
    /// ```swift
    /// for header in try credential.headers(for: "https://demo.kumoai.cloud/api/v1/connectors") {
    ///     request.setValue(header.value.reveal(), forHTTPHeaderField: header.name)      // X-API-Key
    /// }
    /// ```
    ///
    /// The headers are those that `kist check` sends. Do not follow redirects with them: most HTTP clients would send a
    /// header such as `X-API-Key` on to wherever an answer points.
    ///
    /// - Parameter url: where the request goes: `https`, or `http` to this machine. A host that is not the credential's
    ///   (`kist platform show`, and the `url` that was stored with it) gets nothing.
    /// - Throws: `.refused` for another host or a connection that is not safe, `.invalid` when the platform does not
    ///   take this credential in a header.
    public func headers(for url: String) throws(CredentialError) -> [Header] {
        guard let address = WebAddress(url, allowsQuery: true) else {
            throw failed(.invalid, "this is not an address that it could be sent to")
        }
        guard address.isSafe else { throw failed(.refused, "it is not sent over plain http") }
        let platform = PlatformShelf.shared.platform(platform)
        let origins = platform?.origins(variant: variant, plain: plainValues) ?? ownOrigins
        guard origins.contains(Origin(address)) else {
            throw failed(.refused, "it is not for \(address.host):\(address.port)")
        }
        let headers = try headers(platform)
        guard headers.contains(where: \.isSecret) else {
            throw failed(.invalid, "platform \(self.platform) does not take it in a header as it is")
        }
        return headers
    }

    /// Of a platform that nobody knows: the stored address.
    private var ownOrigins: [Origin] { plain("url").flatMap { WebAddress($0) }.map { [Origin($0)] } ?? [] }

    private var plainValues: [String: String] {
        var values: [String: String] = [:]
        for field in fields {
            if case .plain(let value) = field.value { values[field.name] = value }
        }
        return values
    }

    private func headers(_ platform: Platform?) throws(CredentialError) -> [Header] {
        let secrets = Set(fields.compactMap { secret($0.name) == nil ? nil : $0.name })
        let plan = platform?.headers(variant: variant, plain: plainValues, secrets: secrets) ?? HeaderPlan()
        var headers: [Header] = []
        for header in plan.headers {
            headers.append(Header(name: header.name, value: try render(header.value), isSecret: header.isSecret))
        }
        if let basic = plan.basic {
            headers.append(try basicHeader(try render(basic.user), try render(basic.password)))
        } else if plan.isEmpty, let login = try? Login(self) {
            headers.append(try basicHeader(Secret(copying: login.username), login.password))
        }
        return headers
    }

    private func render(_ template: Template) throws(CredentialError) -> Secret {
        var value = SecretBuffer()
        template.render(into: &value, name: name) { field, use in
            if let secret = secret(field) {
                secret.withBytes(use)
            } else if var text = plain(field) {
                text.withUTF8 { use(UnsafeRawBufferPointer($0)) }
            } else {
                return false
            }
            return true
        }
        let bytes = value.finish()
        // One line break would be another header, or another request.
        guard bytes.withBytes({ $0.allSatisfy { (0x20...0x7E).contains($0) } }) else {
            throw failed(.invalid, "a value of it cannot stand in a header")
        }
        return Secret(bytes)
    }

    /// RFC 7617: the first colon ends the user name, so none may stand in it.
    private func basicHeader(_ user: Secret, _ password: Secret) throws(CredentialError) -> Header {
        guard user.withBytes({ !$0.contains(UInt8(ascii: ":")) && !$0.contains { $0 < 0x20 || $0 == 0x7F } }) else {
            throw failed(.invalid, "its user name cannot stand in a header")
        }
        var both = SecretBuffer()
        user.withBytes { both.append($0) }
        both.append(UInt8(ascii: ":"))
        password.withBytes { both.append($0) }
        var value = SecretBuffer(capacity: both.count * 2 + 8)
        value.append("Basic ")
        both.withBytes { bytes in TemplateEncoding.base64.encode(bytes) { value.append($0) } }
        return Header(name: "Authorization", value: Secret(value.finish()), isSecret: true)
    }

    private func failed(_ reason: CredentialError.Reason, _ message: String) -> CredentialError {
        CredentialError(reason, source: "credential \(name)", message)
    }
}

extension Credential {
    /// The header whose value is this one secret field behind some text of the platform's: `Bearer {token}`.
    func headerOf(_ field: Secret) -> (name: String, prefix: String)? {
        guard let platform = PlatformShelf.shared.platform(platform) else { return nil }
        let secrets = Set(fields.compactMap { secret($0.name) == nil ? nil : $0.name })
        for header in platform.headers(variant: variant, plain: plainValues, secrets: secrets).headers {
            guard case .field(let name, .none)? = header.value.parts.last, secret(name) === field else { continue }
            let before = Template(parts: Array(header.value.parts.dropLast()))
            if let prefix = before.text(name: self.name, plain: plainValues) { return (header.name, prefix) }
        }
        return nil
    }
}
