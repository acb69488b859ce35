/// What must hold between the parts of a platform file once each has been read.
struct PlatformCheck {
    private let platform: Platform
    private let root: TableReader

    init(_ platform: Platform, _ root: TableReader) {
        self.platform = platform
        self.root = root
    }

    func run() throws(PlatformError) {
        try name(platform.name, at: "name")
        for (index, variant) in platform.variants.enumerated() {
            try name(variant.name, at: "variant[\(index)].name")
            guard platform.variants.firstIndex(where: { $0.name == variant.name }) == index else {
                throw error("the variant \(variant.name) is there twice", at: "variant[\(index)]")
            }
        }
        try fields()
        try environment()
        for (index, file) in platform.files.enumerated() {
            try condition(file.condition, at: "file[\(index)]")
            try known(file.content, at: "file[\(index)].content")
        }
        for (index, check) in platform.checks.enumerated() { try self.check(check, at: "check[\(index)]") }
        for (index, reason) in platform.withoutCheck.enumerated() {
            try condition(reason.condition, at: "no_check[\(index)]")
        }
        for host in platform.hosts { try plainOnly(host, at: "hosts") }
        for (index, login) in platform.logins.enumerated() {
            try condition(login.condition, at: "basic[\(index)]")
            try plainOnly(login.user, at: "basic[\(index)].user")
            try known(login.password, at: "basic[\(index)].password")
        }
        for (index, note) in platform.notes.enumerated() { try condition(note.condition, at: "note[\(index)]") }
        for (index, how) in platform.howTo.enumerated() { try condition(how.condition, at: "how[\(index)]") }
    }

    /// The error for a place such as `env[0].value`.
    private func error(_ rule: String, at path: String) -> PlatformError {
        let (reader, key) = root.place(path)
        return reader.error(rule, at: key)
    }

    private func name(_ text: String, at path: String) throws(PlatformError) {
        let fits =
            text.utf8.count <= 48 && text.utf8.first.map { (97...122).contains($0) } ?? false
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        guard fits else { throw error("a name has a-z, 0-9 and -, a letter first, 48 at most", at: path) }
    }

    private func fields() throws(PlatformError) {
        var seen: Set<String> = []
        for (index, field) in platform.fields.enumerated() {
            let path = "field[\(index)]"
            let fits =
                field.name.utf8.first.map { (97...122).contains($0) } ?? false
                && field.name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
                && field.name.utf8.count <= 64 && field.name != "name" && field.name != "folder"
            guard fits else { throw error("a field is named a-z, 0-9 and _, not name or folder", at: path) }
            for variant in field.condition.variants.isEmpty ? ["*"] : field.condition.variants {
                guard seen.insert("\(variant) \(field.name)").inserted,
                    variant == "*" || !seen.contains("* \(field.name)")
                else { throw error("the field \(field.name) is there twice", at: path) }
            }
            try condition(field.condition, at: path)
            if let template = field.defaultValue { try plainOnly(template, at: "\(path).default") }
            if let derivation = field.derivation { try exists(derivation.from, at: "\(path).from") }
            guard field.limits.shortest <= field.limits.longest else {
                throw error("shortest is more than longest", at: "\(path).shortest")
            }
        }
        guard platform.isFreeForm || !platform.fields.isEmpty else { throw root.error("no [[field]]") }
    }

    private func environment() throws(PlatformError) {
        for (index, rule) in platform.environment.enumerated() {
            let path = "env[\(index)]"
            try condition(rule.condition, at: path)
            try plainOnly(rule.name, at: "\(path).name")
            try known(rule.value, at: "\(path).value")
        }
        for (index, rule) in platform.unset.enumerated() { try condition(rule.condition, at: "unset[\(index)]") }
    }

    private func check(_ check: CheckRecipe, at path: String) throws(PlatformError) {
        try condition(check.condition, at: path)
        try plainOnly(check.url, at: "\(path).url")
        if let basic = check.basic {
            try known(basic.user, at: "\(path).basic")
            try known(basic.password, at: "\(path).basic")
        }
        if let pair = check.keyPair {
            try exists(pair.key, at: "\(path).key_pair.key")
            if let passphrase = pair.passphrase { try exists(passphrase, at: "\(path).key_pair.passphrase") }
            try plainOnly(pair.account, at: "\(path).key_pair.account")
            try plainOnly(pair.user, at: "\(path).key_pair.user")
        }
        if let signature = check.signature {
            try plainOnly(signature.keyID, at: "\(path).signature.key_id")
            try exists(signature.secret, at: "\(path).signature.secret")
            if let token = signature.token { try exists(token, at: "\(path).signature.token") }
            try plainOnly(signature.region, at: "\(path).signature.region")
        }
        if let account = check.serviceAccount {
            try exists(account.json, at: "\(path).service_account.json")
            try plainOnly(account.audience, at: "\(path).service_account.audience")
            guard check.bodyType == "application/x-www-form-urlencoded" else {
                throw error("service_account needs the body of a form", at: "\(path).service_account")
            }
        }
        for field in [check.tls?.authority, check.tls?.certificate, check.tls?.key].compactMap({ $0 }) {
            try exists(field, at: "\(path).tls")
        }
        for (index, header) in check.headers.enumerated() {
            try condition(header.condition, at: "\(path).header[\(index)]")
            try plainOnly(header.name, at: "\(path).header[\(index)].name")
            try known(header.value, at: "\(path).header[\(index)].value")
        }
        if let body = check.body { try known(body, at: "\(path).body") }
        guard check.body == nil || check.bodyType != nil else {
            throw error("body needs body_type", at: "\(path).body")
        }
    }

    private func condition(_ condition: Condition, at path: String) throws(PlatformError) {
        for variant in condition.variants where platform.variant(named: variant) == nil {
            throw error("there is no variant \(variant)", at: "\(path).variants")
        }
        for field in condition.when { try exists(field, at: "\(path).when") }
        for field in condition.values.keys.sorted() {
            try exists(field, at: "\(path).if")
            guard !platform.fields.contains(where: { $0.name == field && $0.isSecret }) else {
                throw error("a secret field cannot be compared", at: "\(path).if")
            }
        }
        for field in condition.unless { try exists(field, at: "\(path).unless") }
    }

    private func exists(_ field: String, at path: String) throws(PlatformError) {
        guard platform.isFreeForm || platform.fields.contains(where: { $0.name == field }) else {
            throw error("there is no field \(field)", at: path)
        }
    }

    private func known(_ template: Template, at path: String) throws(PlatformError) {
        for field in template.fields.sorted() { try exists(field, at: path) }
    }

    private func plainOnly(_ template: Template, at path: String) throws(PlatformError) {
        try known(template, at: path)
        for field in template.fields where platform.fields.contains(where: { $0.name == field && $0.isSecret }) {
            throw error("the secret field \(field) cannot stand here", at: path)
        }
    }
}
