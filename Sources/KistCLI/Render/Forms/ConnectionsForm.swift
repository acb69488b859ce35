import KistClient
import KistModel
import KistPlatforms
import KistPosix
import KistProtocol
import SecretMemory

/// Snowflake's `connections.toml`, as the platform's own file says it. A private key stands in a file of its own beside it.
struct ConnectionsForm {
    static let file = "connections.toml"

    let path: String?
    /// Where the private keys are collected.
    let keys: KeyFiles

    func append(
        _ credential: FormCredential, _ reply: borrowing RevealReply, _ text: inout SecretBuffer
    ) throws(Failure) {
        let overview = credential.overview
        let recipes = credential.platform.files.filter {
            $0.condition.holds(
                variant: overview.variant, plain: credential.plain, secrets: Set(overview.secrets.map(\.description)))
        }
        guard let main = recipes.first(where: { $0.path == Self.file }) else {
            throw Failure("\(credential.name) (\(credential.platform.name)) has no place in \(Self.file)")
        }
        var folder: String?
        if main.content.usesFolder { folder = try folderPath(credential) }
        for recipe in recipes where recipe.path != Self.file {
            guard let folder else { continue }
            var content = SecretBuffer(capacity: 4_096)
            fill(recipe.content, folder, credential, reply, &content)
            keys.add(content.finish(), as: recipe.path, in: folder)
        }
        fill(main.content, folder, credential, reply, &text)
    }

    private func fill(
        _ template: Template, _ folder: String?, _ credential: FormCredential, _ reply: borrowing RevealReply,
        _ text: inout SecretBuffer
    ) {
        template.render(into: &text, name: credential.name, folder: folder, missing: .dropLine) { field, use in
            if credential.values.use(field, reply, use) { return true }
            guard var value = credential.plain[field], !value.isEmpty else { return false }
            value.withUTF8 { use(UnsafeRawBufferPointer($0)) }
            return true
        }
    }

    /// `NAME.files` beside the file, for this credential alone.
    private func folderPath(_ credential: FormCredential) throws(Failure) -> String {
        guard let path else {
            throw Failure.usage(
                "\(credential.name) needs a file for its key, too", advice: ["name the first:  -o FILE"])
        }
        do throws(PosixError) {
            let parent = try Folder.realPath(of: Folder.parent(of: path) ?? ".")
            return (parent == "/" ? "" : parent) + "/\(credential.name).files"
        } catch { throw Failure("no private folder beside \(path) for the key: \(error)") }
    }
}
