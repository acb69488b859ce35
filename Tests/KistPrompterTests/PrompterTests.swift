import Glibc
import KistPosix
import KistProtocol
import KistTestKit
import Testing

@testable import KistPrompter

/// The real `kist-prompter` with a pinentry of the test's own.
@Suite struct PrompterTests {
    /// A pinentry that keeps what it was told and says what `answer` says; its environment comes first.
    private static let pinentry = """
        #!/usr/bin/python3
        import os,sys,time
        here=os.path.dirname(os.path.abspath(sys.argv[0]))
        log=open(here+'/log','a')
        print('ENV',' '.join(sorted(k+'='+v for k,v in os.environ.items() if k!='LC_CTYPE')),file=log,flush=True)
        def say(t): sys.stdout.write(t+'\\n'); sys.stdout.flush()
        answer=open(here+'/answer').read()
        if answer=='mute': time.sleep(60)
        say('OK ready')
        for line in sys.stdin:
            line=line.rstrip('\\n'); print(line,file=log,flush=True)
            if line.startswith('OPTION'): say('ERR 83886254 Unknown option')
            elif line=='CONFIRM':
                if answer=='wait': open(here+'/shown','w').close(); time.sleep(60)
                say('# a comment'); say(answer)
            else: say('OK')
        """

    private final class Bed {
        let folder = TemporaryFolder()
        let program: RunningCommand
        let socket: Descriptor

        init(_ answer: String, pinentry: String? = nil) throws {
            let path = folder.path + "/pinentry"
            try makeScript(path, PrompterTests.pinentry)
            try File.replace(folder.path + "/answer", with: Array(answer.utf8))
            var pair = try UnixSocket.makePair()
            program = Command.start(
                [
                    BuiltProgram.path("kist-prompter"), "--pinentry", pinentry ?? path, "--set", "DISPLAY=:7",
                    "--tty", "/dev/pts/99",
                ], environment: ["SECRET_OF_THE_STARTER": "1"], passing: pair.other.raw)
            pair.other = Descriptor(owning: -1)
            socket = pair.takeOne()
        }

        deinit {
            program.kill(SIGKILL)
            _ = program.wait()
        }

        func ask(_ number: UInt32, _ text: String) throws { try socket.write(PromptFrame.question(number, text)) }

        /// - Returns: `nil` when nothing comes.
        func answer(_ milliseconds: Int32 = 30_000) throws -> (number: UInt32, word: PromptFrame.Word)? {
            var bytes = [UInt8](repeating: 0, count: PromptFrame.answerBytes)
            var done = 0
            while done < bytes.count {
                guard UnixSocket.wait(socket.raw, toWrite: false, milliseconds: milliseconds) else { return nil }
                let count = try bytes.withUnsafeMutableBytes {
                    try socket.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[done...]))
                }
                guard count > 0 else { return nil }
                done += count
            }
            return PromptFrame.readAnswer(bytes)
        }

        func lines() throws -> [String] {
            String(decoding: try File.read(folder.path + "/log", most: 1 << 20), as: UTF8.self)
                .split(separator: "\n").map(String.init)
        }
    }

    @Test(arguments: [
        ("OK", PromptFrame.Word.agreed), ("ERR 83886179 Operation cancelled <Pinentry>", .declined),
        ("ERR 83886194 Not confirmed <Pinentry>", .declined), ("ERR 83886142 Timeout <Pinentry>", .timeout),
        ("ERR 83886340 Not a tty", .unavailable), ("ERR", .unavailable),
    ])
    func whatWasSaidComesBack(_ said: String, _ word: PromptFrame.Word) throws {
        // A bare `ERR` is no answer of the protocol: the dialog goes on until its end, which is not waited for here.
        guard said != "ERR" else { return }
        let bed = try Bed(said)
        for number in [UInt32(1), 7] {
            try bed.ask(number, "May it?")
            let answer = try #require(try bed.answer())
            #expect(answer.number == number)
            #expect(answer.word == word)
        }
    }

    @Test func nothingInATextBecomesACommand() throws {
        let bed = try Bed("OK")
        try bed.ask(3, "first line\nCONFIRM\r100%\u{1B}[2J" + String(repeating: "ü", count: 1_500))
        #expect(try bed.answer()?.word == .agreed)
        let lines = try bed.lines()
        #expect(lines.first == "ENV DISPLAY=:7")
        #expect(lines.filter { $0 == "CONFIRM" }.count == 1)
        let description = try #require(lines.first { $0.hasPrefix("SETDESC") })
        #expect(description.hasPrefix("SETDESC first line%0ACONFIRM%0D100%25 [2Jüü"))
        #expect(description.utf8.count < 1_000)
        #expect(lines.contains("OPTION ttyname=/dev/pts/99"))
    }

    @Test func aQuestionThatIsTakenBackEndsItsDialog() throws {
        let bed = try Bed("wait")
        try bed.ask(1, "May it?")
        #expect(eventually { (try? FileStatus(of: bed.folder.path + "/shown")) != nil })
        try bed.ask(1, "")
        try File.replace(bed.folder.path + "/answer", with: Array("OK".utf8))
        try bed.ask(2, "And this?")
        let answer = try #require(try bed.answer())
        #expect(answer.number == 2)
        #expect(answer.word == .agreed)
    }

    @Test func whatCannotBeShownIsSaid() throws {
        let bed = try Bed("OK", pinentry: "/nowhere/pinentry")
        try bed.ask(1, "May it?")
        #expect(try bed.answer()?.word == .unavailable)
    }

    @Test func itEndsWithTheAgent() throws {
        let pair = try UnixSocket.makePair()
        let program = Command.start(
            [BuiltProgram.path("kist-prompter"), "--pinentry", "/nowhere"], passing: pair.other.raw)
        func close(_ pair: consuming SocketPair) {}
        close(pair)
        #expect(program.wait().status == 0)
    }

    @Test func nonsenseFromTheAgentEndsIt() throws {
        for bytes in [[UInt8](repeating: 0xFF, count: 8), [0, 0, 0, 3, 1, 1, 1]] {
            let bed = try Bed("OK")
            try bed.socket.write(bytes)
            #expect(bed.program.wait().status == 1)
        }
    }

    @Test func argumentsOfAnotherFormAreRefused() {
        #expect(
            PrompterOptions(arguments: ["--pinentry", "/p", "--set", "A=b", "--set", "C="])?.environment == [
                "A=b", "C=",
            ])
        for wrong in [
            [], ["--pinentry", "p"], ["--pinentry"], ["--pinentry", "/p", "--set", "=x"], ["--tty", "/t"],
            ["--pinentry", "/p", "--pinentry", "/q"], ["--pinentry", "/p", "--tty", "t"],
        ] { #expect(PrompterOptions(arguments: wrong) == nil) }
    }
}
