/// What stays in a file after an import besides the secrets that were stored: references to secrets are not secrets.
struct StillThere: Equatable {
    var hasReferences = false
    /// Whether `kist run --env-file` reads files of that kind.
    var isEnvFile = false

    /// What to say when a file holds nothing but references.
    func advice(_ path: String) -> [String] {
        guard hasReferences, isEnvFile, path != "-" else { return [] }
        return ["it can be used as it is:  kist run --env-file \(path) -- COMMAND"]
    }

    /// What to do with the file once its secrets are in the vault.
    func lines(_ path: String) -> [String] {
        guard hasReferences else {
            return ["The file still holds the secrets: remove it,", "and make new ones if it was ever committed."]
        }
        return [
            "The file still has references, so it can stay; it still holds the secrets, too: take those out,",
            "and make new ones if it was ever committed.",
        ] + (isEnvFile ? ["Its references are looked up by:  kist run --env-file \(path) -- COMMAND"] : [])
    }
}
