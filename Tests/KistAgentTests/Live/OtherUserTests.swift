import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

/// B5: only this user reaches the socket, and the client talks only to this user's agent. The suite runs as root, so
/// "another user" is real: uid 65534.
@Suite(.serialized) struct OtherUserTests {
    private static let nobody: UInt32 = 65_534
    private static let asNobody = ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]

    /// Connects, sends a whole hello, prints how many bytes came back, or the error's name.
    private static let visitor = """
        import socket,sys,errno
        s=socket.socket(socket.AF_UNIX); s.settimeout(10)
        h=b'{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocol":1,"version":"x"}}'
        f=(6+len(h)).to_bytes(4,'big')+len(h).to_bytes(4,'big')+b'\\0\\0'+h
        try:
            s.connect(sys.argv[1]); s.sendall(f); print(len(s.recv(4096)))
        except OSError as e: print(errno.errorcode.get(e.errno, str(e)))
        """

    private func visit(_ socket: String, as prefix: [String]) -> String {
        Command.run(prefix + ["/usr/bin/python3", "-c", Self.visitor, socket]).output.filter { $0 != "\n" }
    }

    private func requireRoot() throws {
        try #require(geteuid() == 0, "these tests must run as root, to be another user")
    }

    @Test func anotherUserIsKeptOutByFolderAndByTheAgent() throws {
        try requireRoot()
        let vault = LiveVault()
        let connection = try vault.open()
        _ = try connection.status()
        // The control: the same visitor, as this user, is answered.
        #expect((Int(visit(vault.socket, as: [])) ?? 0) > 100)
        #expect(visit(vault.socket, as: Self.asNobody) == "EACCES")
        // Even with every door open the agent looks who comes.
        for path in [vault.folder.path, vault.places.runtime!] { try Folder.setMode(path, 0o755) }
        try Folder.setMode(vault.socket, 0o666)
        let refused = visit(vault.socket, as: Self.asNobody)
        #expect(refused == "0" || refused == "EPIPE" || refused == "ECONNRESET")
        #expect((Int(visit(vault.socket, as: [])) ?? 0) > 100)
    }

    @Test func theClientRefusesWhatIsNotItsOwn() throws {
        try requireRoot()
        func expectUnsafe(_ vault: LiveVault, _ what: String) {
            for mode in [AgentConnection.Mode.noStart, .shared] {
                do {
                    _ = try vault.open(mode)
                    Issue.record("\(what): connected")
                } catch {
                    guard case .unsafePlace = error else {
                        Issue.record("\(what): \(error)")
                        continue
                    }
                }
            }
        }
        let open = LiveVault()
        try open.open().lock()
        try Folder.setMode(open.places.runtime!, 0o755)
        expectUnsafe(open, "folder 0755")
        try Folder.setMode(open.places.runtime!, 0o700)
        try Folder.setMode(open.socket, 0o666)
        expectUnsafe(open, "socket 0666")
        try Folder.setMode(open.socket, 0o600)
        chown(open.socket, Self.nobody, Self.nobody)
        expectUnsafe(open, "foreign socket")
        chown(open.socket, 0, 0)
        chown(open.places.runtime!, Self.nobody, Self.nobody)
        expectUnsafe(open, "foreign folder")
        chown(open.places.runtime!, 0, 0)
        #expect(try open.open(.noStart).status().state == .absent)

        let linked = LiveVault()
        try Folder.make(linked.places.runtime!)
        symlink(open.socket, linked.socket)
        expectUnsafe(linked, "symbolic link as socket")

        let folder = LiveVault()
        symlink(open.places.runtime!, folder.places.runtime!)
        expectUnsafe(folder, "symbolic link as folder")

        let file = LiveVault()
        try Folder.make(file.places.runtime!)
        try File.replace(file.socket, with: Array("not a socket".utf8))
        expectUnsafe(file, "file as socket")
    }

    @Test func aForeignListenerBehindOurSocketFileIsRefused() throws {
        try requireRoot()
        let vault = LiveVault()
        try Folder.make(vault.places.runtime!)
        for path in [vault.folder.path, vault.places.runtime!] { try Folder.setMode(path, 0o777) }
        let listener = Command.start(
            Self.asNobody + [
                "/usr/bin/python3", "-c",
                "import socket,sys,time;s=socket.socket(socket.AF_UNIX);s.bind(sys.argv[1]);s.listen(5);time.sleep(30)",
                vault.socket,
            ])
        #expect(eventually { (try? FileStatus(of: vault.socket)) != nil })
        // As if we had been tricked into owning it.
        chown(vault.socket, 0, 0)
        try Folder.setMode(vault.socket, 0o600)
        for path in [vault.folder.path, vault.places.runtime!] { try Folder.setMode(path, 0o700) }
        BootClock.sleep(milliseconds: 100)
        #expect(throws: ClientError.foreignAgent(uid: Self.nobody)) { try vault.open(.noStart) }
        listener.kill(SIGKILL)
        _ = listener.wait()
    }

    @Test func aSocketThatNobodyServesIsReplaced() throws {
        let vault = LiveVault()
        try Folder.make(vault.places.runtime!)
        // Bound and left: its listener is gone.
        do { _ = try UnixSocket.listen(at: vault.socket) }
        try Folder.setMode(vault.socket, 0o600)
        #expect(throws: ClientError.notRunning) { try vault.open(.noStart) }
        #expect(try vault.open().status().state == .absent)
    }

    @Test func theAgentRefusesAFolderThatOthersCanUse() throws {
        let vault = LiveVault()
        try Folder.make(vault.places.runtime!)
        try Folder.setMode(vault.places.runtime!, 0o750)
        let pipe = try Descriptor.makePipe()
        let agent = Command.start(
            [LiveVault.program, "--vault", vault.places.vault, "--runtime", vault.places.runtime!, "--ready-fd", "3"],
            passing: pipe.writing.raw)
        #expect(agent.wait().status == 1)
        var bytes = [UInt8](repeating: 0, count: 200)
        let count = try bytes.withUnsafeMutableBytes { try pipe.reading.read(into: $0) }
        #expect(String(decoding: bytes[..<count], as: UTF8.self).hasPrefix("Eothers have access"))
    }

    @Test func lockFilesThatAreNotOursAreRefused() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        try connection.lock()
        // A second name, as somebody would make to lock us out of our own vault.
        link(vault.lockFile, vault.folder.path + "/other-name")
        #expect(throws: ClientError.self) { try connection.unlock(secret: LiveVault.passphrase()) }
        try Folder.removeFile(vault.folder.path + "/other-name")
        _ = try connection.unlock(secret: LiveVault.passphrase())
        try connection.lock()
        try Folder.rename(vault.lockFile, to: vault.folder.path + "/elsewhere")
        symlink(vault.folder.path + "/elsewhere", vault.lockFile)
        #expect(throws: ClientError.self) { try connection.unlock(secret: LiveVault.passphrase()) }
    }
}
