import KistClient
import SecretMemory

/// `host:port:database:user:password`. Nothing is ever `*`: a part that is missing is what PostgreSQL itself would take.
enum PgpassForm {
    static func append(
        _ credential: FormCredential, _ reply: borrowing RevealReply, _ text: inout SecretBuffer
    ) throws(Failure) {
        let given = try credential.value(["host", "hostname", "server"], reply, in: .pgpass)
        let user = try credential.value(["user", "username", "login"], reply, in: .pgpass)
        let password = try credential.value(
            ["password", credential.mainField].compactMap { $0 }, reply, in: .pgpass)
        // A host may have been given with its port.
        let colon = given.withBytes { bytes in bytes.lastIndex(of: UInt8(ascii: ":")) }
        let host = colon.map { given.slice(0..<$0) } ?? given.copy()
        var port = colon.map { given.slice($0 + 1..<given.count) } ?? SecretBytes(copyingExposed: "5432".utf8)
        if credential.field(["port"], reply) != nil { port = try credential.value(["port"], reply, in: .pgpass) }
        let hasDatabase = credential.field(["database", "dbname", "db"], reply) != nil
        let database =
            hasDatabase ? try credential.value(["database", "dbname", "db"], reply, in: .pgpass) : user.copy()
        try append(host, "host", credential, &text)
        text.append(":")
        try append(port, "port", credential, &text)
        text.append(":")
        try append(database, "database", credential, &text)
        text.append(":")
        try append(user, "user", credential, &text)
        text.append(":")
        try append(password, "password", credential, &text)
        text.append("\n")
    }

    private static func append(
        _ value: borrowing SecretBytes, _ part: String, _ credential: FormCredential, _ text: inout SecretBuffer
    ) throws(Failure) {
        try credential.check(value, part, in: .pgpass) { bytes in
            !bytes.contains { $0 == 0 || $0 == 10 || $0 == 13 } && !(part == "host" && bytes.first == UInt8(ascii: "#"))
        }
        value.withBytes { bytes in
            // A star by itself would mean any.
            let isStar = bytes.count == 1 && bytes[0] == UInt8(ascii: "*") && part != "password"
            if isStar { text.append(UInt8(ascii: "\\")) }
            EnvValue.append(bytes, escaping: ":\\", to: &text)
        }
    }
}
