private import Glibc
internal import KistModel
internal import KistPosix
internal import KistProtocol

/// The lock on `<vault>.lock`: whoever holds it has the vault open. Its text says who that is.
///
/// The file is never unlinked: a lock on a file that others no longer see protects nothing.
struct VaultLock: ~Copyable {
    enum Failure: Error {
        /// Another process has it.
        case held(Rendezvous?)
        case unsafe(String)
        case posix(PosixError)
    }

    private let file: Descriptor

    /// - Parameter own: what others are told.
    static func take(_ vault: String, _ own: Rendezvous) throws(Failure) -> VaultLock {
        let path = AgentPlace.vaultLock(vault)
        do {
            let file = try File.open(path, flags: O_RDWR | O_CREAT | O_NOFOLLOW)
            let status = try FileStatus(of: file.raw)
            guard status.kind == .file, status.owner == Process.user else {
                throw Failure.unsafe("the lock file belongs to another user")
            }
            guard status.links == 1 else { throw Failure.unsafe("the lock file has other names") }
            guard status.mode & 0o077 == 0 else { throw Failure.unsafe("others have access to the lock file") }
            guard try FileLock.tryLock(file) else {
                let text = try? File.read(path, most: Rendezvous.longest)
                throw Failure.held(text.flatMap { Rendezvous(bytes: $0) })
            }
            guard let there = try? FileStatus(of: path), there.isSameFile(as: status) else {
                throw Failure.unsafe("the lock file was replaced")
            }
            try file.overwrite(own.json.encoded)
            return VaultLock(file: file)
        } catch let failure as Failure { throw failure } catch let error as PosixError {
            throw .posix(error)
        } catch { throw .unsafe("\(error)") }
    }

    private init(file: consuming Descriptor) { self.file = file }
}
