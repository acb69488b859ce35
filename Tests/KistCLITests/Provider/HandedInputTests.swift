import Glibc
import KistLogins
import KistPosix
import SecretMemory
import Testing

@testable import KistCLI

/// What `kist-helper` has read comes first, whole, and the rest of standard input behind it.
@Suite struct HandedInputTests {
    /// A pipe that holds `text` and ends.
    private func pipe(_ text: String) throws -> Descriptor {
        let ends = try Descriptor.makePipe()
        try ends.writing.write(Array(text.utf8))
        return ends.takeReading()
    }

    private func text(_ secret: borrowing SecretBytes) -> String {
        secret.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func itStandsBehindTheToolsOwnArguments() throws {
        var words = ["get"] + HandedInput(descriptor: 7, waited: 500).arguments
        #expect(HandedInput(takenFrom: &words) == HandedInput(descriptor: 7, waited: 500))
        #expect(words == ["get"])
        let invoked = try #require(InvokedAs.parse(["/x/docker-credential-kist", "get", "--handed-on", "3:0"]))
        #expect(invoked.arguments == ["get"] && invoked.handed == HandedInput(descriptor: 3, waited: 0))
        #expect(InvokedAs.parse(["git-credential-kist", "get"])?.handed == nil)
    }

    /// A tool's own word is left to the tool, and standard output is no place to read from.
    @Test(arguments: ["3", "3:", ":0", "2:0", "-1:0", "3:-1", "3:600001", "3:0:0", "x:0", "99999999999:0", ""])
    func nothingElseIsTakenForIt(word: String) {
        var words = ["get", "--handed-on", word]
        #expect(HandedInput(takenFrom: &words) == nil)
        #expect(words == ["get", "--handed-on", word])
    }

    @Test func allOfItIsReadInOrderAndCounted() throws {
        let first = try pipe("protocol=https\nho")
        let rest = try pipe("st=a\n")
        let whole = try SecretReader.readAll(rest.raw, after: first.raw, what: "standard input", atMost: 22)
        #expect(text(whole) == "protocol=https\nhost=a\n")
        let long = try pipe("protocol=https\nho")
        let more = try pipe("st=a\n")
        #expect(throws: Failure.self) {
            try SecretReader.readAll(more.raw, after: long.raw, what: "standard input", atMost: 21).count
        }
    }

    @Test func aLineMayBeginInOneAndEndInTheOther() throws {
        let first = try pipe("one\ntw")
        let rest = try pipe("o\nthree")
        var lines = LineInput(rest.raw, after: first.raw, longest: 100)
        var read: [String] = []
        while let line = try lines.next() { read.append(text(line)) }
        #expect(read == ["one", "two", "three"])
    }

    @Test func theTimeThatWasWaitedCounts() {
        let exchange = ProviderExchange(
            GlobalOptions(), Printer(output: 1), environment: Variables([:]),
            handed: HandedInput(descriptor: 3, waited: 500))
        #expect(exchange.globals.patience == ProviderExchange.patience - 500)
        let late = ProviderExchange(
            GlobalOptions(), Printer(output: 1), environment: Variables([:]),
            handed: HandedInput(descriptor: 3, waited: 60_000))
        #expect(late.globals.patience == 1)
    }
}
