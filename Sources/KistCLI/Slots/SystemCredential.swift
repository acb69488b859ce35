import Glibc
import KistPosix
import SecretMemory

/// A credential of systemd, encrypted for this machine by `systemd-creds`.
enum SystemCredential {
    /// Writes `secret` to a new file that only the service manager of this machine can decrypt.
    static func encrypt(_ secret: borrowing SecretBytes, to path: String, _ variables: Variables) throws(Failure) {
        guard case .path(let program) = ProgramSearch.find("systemd-creds", path: variables["PATH"]) else {
            throw Failure(
                "systemd-creds is not on this machine (systemd 250 or newer has it)",
                advice: ["with a plain file instead:  kist slot add key-file FILE"])
        }
        let status: Int32
        do throws(PosixError) {
            var pair = try UnixSocket.makePair()
            let child = try ChildProcess(
                program, arguments: ["encrypt", "--name=\(Session.credentialName)", "-", path], environment: [],
                input: pair.other)
            pair.other = Descriptor(owning: -1)
            let input = pair.takeOne()
            try secret.withBytes { bytes in Result { () throws(PosixError) in try input.write(bytes) } }.get()
            _ = consume input
            status = child.wait()
        } catch {
            unlink(path)
            throw Failure("systemd-creds: \(error)")
        }
        guard status == 0, Home.exists(path) else {
            unlink(path)
            throw Failure(
                "systemd-creds could not encrypt the key (it ended with \(status))",
                advice: [
                    "see why:  systemd-creds setup   (it usually wants root)",
                    "with a plain file instead:  kist slot add key-file FILE",
                ])
        }
        do throws(PosixError) {
            try File.open(path, flags: O_RDONLY | O_NOFOLLOW).sync()
            try NameSync.sync(path)
        } catch {
            unlink(path)
            throw Failure("\(path) could not be written: \(error)")
        }
    }
}
