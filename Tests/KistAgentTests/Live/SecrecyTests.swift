import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

/// B1 and B2: the same user's other processes cannot read the agent, and a crash tells nothing.
@Suite(.serialized) struct SecrecyTests {
    private static let canary = "canary-5d0f3c61a2b4e978"

    /// Tries four ways into process argv[1] and prints which worked.
    private static let burglar = """
        import ctypes,os,sys
        pid=int(sys.argv[1]); c=ctypes.CDLL(None,use_errno=True); worked=[]
        for name in ('environ','mem'):
            try:
                with open(f'/proc/{pid}/{name}','rb',0) as f: worked.append(name)
            except OSError: pass
        if c.ptrace(16,pid,0,0)==0: worked.append('ptrace'); c.ptrace(17,pid,0,0)
        class V(ctypes.Structure): _fields_=[('b',ctypes.c_void_p),('n',ctypes.c_size_t)]
        b=ctypes.create_string_buffer(8); l=V(ctypes.addressof(b),8); r=V(0x10000,8)
        n=c.process_vm_readv(pid,ctypes.byref(l),1,ctypes.byref(r),1,0)
        # EPERM is a refusal; EFAULT means that we were let in and missed.
        if n>=0 or ctypes.get_errno()!=1: worked.append('readv')
        print(' '.join(worked) or 'nothing', os.getuid())
        """

    @Test func theSameUsersProcessesCannotReadIt() throws {
        try #require(geteuid() == 0, "must start as root, to become an ordinary user")
        let nobody = ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]
        let folder = TemporaryFolder()
        chown(folder.path, 65_534, 65_534)
        let pair = try UnixSocket.makePair()
        let agent = Command.start(
            nobody + [
                LiveVault.program, "--vault", folder.path + "/v.kist", "--runtime", folder.path + "/run",
                "--state", folder.path + "/state", "--ready-fd", "3",
            ], passing: pair.other.raw)
        let socket = AgentPlace.socket(inRuntime: folder.path + "/run", vault: folder.path + "/v.kist")
        #expect(eventually { (try? FileStatus(of: socket)) != nil })
        func tried() -> String {
            Command.run(nobody + ["/usr/bin/python3", "-c", Self.burglar, "\(agent.pid)"]).output
        }
        // An ordinary client of that user brings it through its states.
        let resident = """
            import socket,sys
            def frame(m,p,s=[]):
                h=('{"jsonrpc":"2.0","id":1,"method":"%s","params":%s}'%(m,p)).encode()
                b=len(h).to_bytes(4,'big')+len(s).to_bytes(2,'big')+b''.join(len(x).to_bytes(4,'big') for x in s)+h+b''.join(s)
                return len(b).to_bytes(4,'big')+b
            s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
            s.sendall(frame('hello','{"protocol":1,"version":"t"}')+frame('init','{"passes":40,"memory":65536}',[b'pass']))
            print('unlocking',flush=True)
            got=b''
            while b'fingerprint' not in got: got+=s.recv(4096)
            print('unlocked')
            """
        // Locked, while a key is being made, unlocked: twelve attempts.
        #expect(tried() == "nothing 65534\n")
        let client = Command.start(nobody + ["/usr/bin/python3", "-c", resident, socket])
        #expect(eventually { client.text("out").contains("unlocking") })
        var whileUnlocking = 0
        while !client.text("out").contains("unlocked") {
            #expect(tried() == "nothing 65534\n")
            if !client.text("out").contains("unlocked") { whileUnlocking += 1 }
        }
        #expect(whileUnlocking > 0, "no attempt came while a key was being made")
        #expect(client.wait().output == "unlocking\nunlocked\n")
        #expect(tried() == "nothing 65534\n")
        // The control: the same tools open an ordinary process of the same user.
        let sleeper = Command.start(nobody + ["/bin/sleep", "30"])
        var control = ""
        #expect(
            eventually {
                control = Command.run(nobody + ["/usr/bin/python3", "-c", Self.burglar, "\(sleeper.pid)"]).output
                return control == "environ mem ptrace readv 65534\n"
            }, "\(control)")
        for process in [agent, sleeper] {
            process.kill(SIGKILL)
            _ = process.wait()
        }
    }

    @Test func aCrashPrintsNothing() throws {
        for signal in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGQUIT, SIGSYS] {
            let folder = TemporaryFolder()
            let pair = try UnixSocket.makePair()
            let agent = Command.start(
                [
                    LiveVault.program, "--vault", folder.path + "/v.kist", "--state", folder.path + "/state",
                    "--inherited-fd", "3",
                ], environment: ["SWIFT_BACKTRACE": "enable=yes,color=no"], passing: pair.other.raw)
            let client = RawClient(socket: pair.takeOne())
            try client.hello()
            _ = try client.call(.initialise, TestAgent.cheap, [Array(Self.canary.utf8)])
            _ = try client.put("a", Self.canary)
            #expect(try client.reveal("a").segments == [Array(Self.canary.utf8)])
            agent.kill(signal)
            let ended = agent.wait()
            #expect(ended.status == -signal)
            #expect(ended.output == "")
            #expect(ended.errors == "")
            let limits = TemporaryFolder()
            #expect(try Folder.names(in: limits.path).isEmpty)
        }
    }

    @Test func secretsAreInNoFile() throws {
        let vault = LiveVault()
        let connection = try vault.open()
        _ = try connection.initialise(
            LiveVault.cost, passphrase: SecretBytes(copyingExposed: (Self.canary + "-passphrase").utf8))
        for index in 0..<20 { try connection.store("c\(index)", Self.canary + "-\(index)") }
        #expect(try connection.value("c7") == Self.canary + "-7")
        // The control: the search finds what is there.
        try File.replace(vault.folder.path + "/control", with: Array(("xx" + Self.canary).utf8))
        try connection.lock()
        let hits = vault.folder.files().filter { contains($0.bytes, Array(Self.canary.utf8)) }
        #expect(hits.map(\.path) == [vault.folder.path + "/control"])
        #expect(vault.folder.files().count >= 4)
    }
}
