/// Reads `[[check]]` and `[[no_check]]`.
enum CheckReader {
    static func recipe(_ table: TableReader) throws(PlatformError) -> CheckRecipe {
        try table.only(
            FieldReader.conditionKeys.union([
                "method", "url", "header", "basic", "key_pair", "signature", "service_account", "tls", "body",
                "body_type", "require", "answer", "answered_by",
                "answered_by_path",
                "proves",
            ]))
        _ = try table.required("url")
        var basic: CheckRecipe.Basic?
        if let inner = try table.table("basic") {
            try inner.only(["user", "password"])
            guard let user = try inner.template("user"), let password = try inner.template("password") else {
                throw inner.error("basic needs user and password")
            }
            basic = .init(user: user, password: password)
        }
        var keyPair: CheckRecipe.KeyPair?
        if let inner = try table.table("key_pair") {
            try inner.only(["key", "passphrase", "account", "user"])
            guard let account = try inner.template("account"), let user = try inner.template("user") else {
                throw inner.error("key_pair needs key, account and user")
            }
            keyPair = .init(
                key: try inner.required("key"), passphrase: try inner.string("passphrase"), account: account, user: user
            )
        }
        return CheckRecipe(
            method: try table.choice("method", CheckRecipe.Method.self) ?? .get, url: try table.template("url")!,
            headers: try table.tables("header").reading(header), basic: basic, keyPair: keyPair,
            signature: try signature(table), serviceAccount: try serviceAccount(table), tls: try tls(table),
            body: try table.template("body"),
            bodyType: try table.string("body_type"), requires: try table.tables("require").reading(requirement),
            answers: try table.tables("answer").reading(answer), answeredBy: try table.string("answered_by"),
            answeredByPath: try table.string("answered_by_path"),
            proves: try table.string("proves"), condition: try FieldReader.condition(table))
    }

    private static func signature(_ table: TableReader) throws(PlatformError) -> RequestSignature? {
        guard let inner = try table.table("signature") else { return nil }
        try inner.only(["key_id", "secret", "token", "region", "service"])
        guard let key = try inner.template("key_id"), let region = try inner.template("region") else {
            throw inner.error("signature needs key_id, secret, region and service")
        }
        return RequestSignature(
            keyID: key, secret: try inner.required("secret"), token: try inner.string("token"), region: region,
            service: try inner.required("service"))
    }

    private static func serviceAccount(_ table: TableReader) throws(PlatformError) -> ServiceAccount? {
        guard let inner = try table.table("service_account") else { return nil }
        try inner.only(["json", "audience"])
        guard let audience = try inner.template("audience") else {
            throw inner.error("service_account needs json and audience")
        }
        return ServiceAccount(json: try inner.required("json"), audience: audience)
    }

    private static func tls(_ table: TableReader) throws(PlatformError) -> TLSFields? {
        guard let inner = try table.table("tls") else { return nil }
        try inner.only(["authority", "certificate", "key"])
        let fields = TLSFields(
            authority: try inner.string("authority"), certificate: try inner.string("certificate"),
            key: try inner.string("key"))
        guard (fields.certificate == nil) == (fields.key == nil) else {
            throw inner.error("certificate and key belong together")
        }
        return fields
    }

    static func without(_ table: TableReader) throws(PlatformError) -> WithoutCheck {
        try table.only(FieldReader.conditionKeys.union(["why"]))
        return WithoutCheck(why: try table.required("why"), condition: try FieldReader.condition(table))
    }

    private static func header(_ table: TableReader) throws(PlatformError) -> CheckRecipe.Header {
        try table.only(FieldReader.conditionKeys.union(["name", "value"]))
        guard let name = try table.template("name"), let value = try table.template("value") else {
            throw table.error("a header needs name and value")
        }
        return .init(name: name, value: value, condition: try FieldReader.condition(table))
    }

    private static func requirement(_ table: TableReader) throws(PlatformError) -> AnswerTest {
        try table.only(["contains", "path", "equals"])
        guard let test = try test(table) else { throw table.error("require needs path or contains") }
        return test
    }

    private static func answer(_ table: TableReader) throws(PlatformError) -> AnswerRule {
        try table.only(["status", "contains", "path", "equals", "is", "why"])
        guard let verdict = try table.choice("is", CheckVerdict.self) else { throw table.error("answer needs is") }
        let rule = AnswerRule(
            status: try table.int("status", in: 100...599), test: try test(table), verdict: verdict,
            why: try table.string("why"))
        guard rule.status != nil || rule.test != nil else { throw table.error("answer needs status, path or contains") }
        return rule
    }

    private static func test(_ table: TableReader) throws(PlatformError) -> AnswerTest? {
        if let text = try table.string("contains") { return .contains(text) }
        guard let path = try table.string("path") else { return nil }
        return try table.string("equals").map { .equals(path: path, value: $0) } ?? .present(path: path)
    }
}
