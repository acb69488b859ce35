import KistClient
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

/// Has a platform's files put into a private folder that goes when a process ends.
struct FileRendering {
    let session: Session
    let name: String
    /// The process whose end removes the folder.
    let pid: Int32

    /// - Returns: the folder's path.
    func make(
        _ recipes: [FileRecipe], _ values: FieldValues, _ reply: borrowing RevealReply
    ) throws(Failure) -> String {
        // A file that names its own folder can only be written when that is known: the others go first.
        let plain = recipes.filter { !$0.content.usesFolder }
        var first: String?
        if plain.count < recipes.count, !plain.isEmpty { first = try put(plain, values, reply, folder: nil) }
        return try put(recipes, values, reply, folder: first)
    }

    private func put(
        _ recipes: [FileRecipe], _ values: FieldValues, _ reply: borrowing RevealReply, folder: String?
    ) throws(Failure) -> String {
        var contents = SecretBuffer(capacity: 4_096)
        var lengths: [Int] = []
        var files: [FolderRequest.File] = []
        for recipe in recipes {
            let before = contents.count
            if recipe.merge == .connections { OwnConnections(session: session).append(to: &contents, except: name) }
            recipe.content.render(into: &contents, name: name, folder: folder, missing: .dropLine) { field, use in
                values.use(field, reply, use)
            }
            lengths.append(contents.count - before)
            files.append(FolderRequest.File(path: recipe.path, mode: UInt32(recipe.mode)))
            if recipe.merge == .connections, let own = OwnConnections(session: session).configuration() {
                lengths.append(own.count)
                contents.append(own)
                files.append(FolderRequest.File(path: "config.toml"))
            }
        }
        let segments = SecretSegments(bytes: contents.finish(), lengths: lengths)
        let request = FolderRequest(pid: pid, files: files)
        return try Self.folder(request, segments, session)
    }

    /// A private folder with these files, of the agent's or, with a bundle, of our own.
    static func folder(
        _ request: FolderRequest, _ segments: consuming SecretSegments, _ session: Session
    ) throws(Failure) -> String {
        if session.bundlePath != nil {
            let folder = try OwnFolder.make(request, segments, runtime: session.places.runtime)
            session.ownFolders.append(folder)
            return folder
        }
        do {
            return try session.agent().folder(request, contents: segments)
        } catch let error as ClientError {
            throw Advice.failure(error, vault: session.shownVault)
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure("the private folder could not be made")
        }
    }
}
