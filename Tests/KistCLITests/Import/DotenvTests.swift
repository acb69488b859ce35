import SecretMemory
import Testing

@testable import KistCLI

@Suite struct DotenvTests {
    private func read(_ text: String) throws(Failure) -> [String] {
        let dotenv = try Dotenv(parsing: SecretBytes(copyingExposed: Array(text.utf8)), path: ".env")
        return dotenv.entries.enumerated().map { index, entry in
            entry.name + "=" + dotenv.values.withSegment(index) { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func theGrammar() throws {
        let text = """
            # comment

            A=1
            export B = two words   # comment
              C='single # not a comment'
            D="double\\n\\t\\"x\\" \\$y \\z"
            E=
            F=a#b
            G='it\\'s \\\\ raw \\n'
            H="first
            second"
            I=$HOME/${X}
            export=1
            J=' spaces '
            """
        #expect(
            try read(text) == [
                "A=1", "B=two words", "C=single # not a comment", "D=double\n\t\"x\" $y \\z", "E=", "F=a#b",
                "G=it's \\ raw \\n", "H=first\nsecond", "I=$HOME/${X}", "export=1", "J= spaces ",
            ])
    }

    @Test func carriageReturnsAndAByteOrderMark() throws {
        #expect(try read("\u{FEFF}A=1\r\nB='x'\r\n") == ["A=1", "B=x"])
    }

    @Test(arguments: [
        "A", "1A=x", "A B=x", "A='x", "A=\"x", "A='x' y", "A=1\nA=2", "=x", "-A=x", "A=x\0y", "A=1\nB='\n\n",
    ])
    func whatIsNoDotenvIsRefusedWithItsLine(_ text: String) {
        let problem = failure { () throws(Failure) in _ = try read(text) }
        #expect(problem?.message.contains("line ") == true)
    }

    @Test func errorsNeverRepeatContent() {
        let problem = failure { () throws(Failure) in _ = try read("TOKEN='hunter2\nhunter3") }
        #expect(problem.map { !"\($0)".contains("hunter") } == true)
    }

    @Test func whatOthersWouldExpandIsNoted() throws {
        let dotenv = try Dotenv(
            parsing: SecretBytes(copyingExposed: Array("A=1\nB=${A}\nC=\"x$(y)\"\n".utf8)), path: ".env")
        #expect(dotenv.unexpanded == [2, 3])
    }

    /// Total: no input makes it stop, loop or read beyond the end.
    @Test func randomBytesNeverBreakIt() {
        var random = Generator(state: 3)
        let alphabet = Array("A=b'\"\\\n\r\t #$ex ".utf8) + [0, 0xFF, 0xEF, 0xBB, 0xBF]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random)!
            }
            _ = try? Dotenv(parsing: SecretBytes(copyingExposed: bytes), path: ".env")
        }
    }

    @Test func aCommentNeedsABlankBeforeIt() throws {
        let text = "PASSWORD=#hunter2\nB= # nothing\nC=x #y\nD=x#y\nE=\t#z\n"
        #expect(try read(text) == ["PASSWORD=#hunter2", "B=", "C=x", "D=x#y", "E="])
    }
}
