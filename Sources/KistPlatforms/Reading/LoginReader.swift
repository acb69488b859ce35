/// Reads `[[basic]]`.
enum LoginReader {
    static func form(_ table: TableReader) throws(PlatformError) -> LoginForm {
        try table.only(FieldReader.conditionKeys.union(["user", "password", "any_user"]))
        guard let user = try table.template("user"), let password = try table.template("password") else {
            throw table.error("basic needs user and password")
        }
        return LoginForm(
            user: user, password: password, condition: try FieldReader.condition(table),
            takesAnyUser: try table.bool("any_user", default: false))
    }
}
