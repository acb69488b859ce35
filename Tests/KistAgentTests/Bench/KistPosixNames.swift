import KistClient
import KistPosix

/// Sockets in an agent's runtime folder.
enum KistPosixNames {
    static func sockets(_ agent: TestAgent) throws -> [String] {
        let folder = agent.places.runtime!
        return try Folder.names(in: folder).filter { $0.hasSuffix(".sock") }.map { folder + "/" + $0 }
    }

    static func remove(_ path: String) throws { try Folder.removeFile(path) }
}
