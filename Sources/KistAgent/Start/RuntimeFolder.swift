private import Glibc
internal import KistPosix

/// Why an agent did not start.
struct StartError: Error {
    let reason: String
}

/// The folder of sockets and private folders: this user's, closed to everyone else.
enum RuntimeFolder {
    /// Makes it when it is missing, and checks it in any case.
    static func prepare(_ path: String) throws(StartError) {
        guard let parent = Folder.parent(of: path) else {
            throw StartError(reason: "the runtime folder is not absolute")
        }
        do {
            let above = try FileStatus(of: parent, followingLinks: true)
            guard above.kind == .folder, above.owner == Process.user || above.owner == 0,
                above.mode & 0o022 == 0 || above.mode & 0o1000 != 0
            else { throw StartError(reason: "\(parent) can be changed by others") }
            try Folder.make(path)
            let own = try FileStatus(of: path)
            guard own.kind == .folder else { throw StartError(reason: "\(path) is not a folder") }
            guard own.owner == Process.user else { throw StartError(reason: "\(path) belongs to another user") }
            guard own.mode & 0o077 == 0 else { throw StartError(reason: "others have access to \(path)") }
        } catch let error as StartError { throw error } catch { throw StartError(reason: "\(path): \(error)") }
    }
}
