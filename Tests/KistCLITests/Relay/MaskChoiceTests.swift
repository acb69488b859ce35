import Glibc
import Testing

@testable import KistCLI

@Suite struct MaskChoiceTests {
    private static func masked(
        _ wanted: Bool?, _ kind: StreamKind, _ variables: [String: String] = [:]
    ) -> Bool {
        let choice = MaskChoice(wanted, output: kind, error: .other, environment: Variables(variables))
        #expect(!choice.masksError)
        return choice.masksOutput
    }

    /// Where a person or a log sees it; never what another program reads or a file keeps, unless that was said.
    @Test func itIsMaskedWhereItIsSeen() {
        let automatic = ["CI": "true"]
        for kind in [StreamKind.terminal, .journal] {
            #expect(Self.masked(nil, kind) && Self.masked(nil, kind, automatic))
        }
        for kind in [StreamKind.pipe, .file, .other] {
            #expect(!Self.masked(nil, kind) && !Self.masked(nil, kind, automatic))
        }
        #expect(!Self.masked(nil, .sharedPipe) && !Self.masked(nil, .socket))
        for variables in [automatic, ["CI": "1"], ["GITHUB_ACTIONS": "true"], ["JENKINS_URL": "http://x/"]] {
            #expect(Self.masked(nil, .sharedPipe, variables) && Self.masked(nil, .socket, variables))
        }
        for variables in [["CI": "false"], ["CI": "0"], ["CI": ""]] {
            #expect(!Self.masked(nil, .sharedPipe, variables) && !Self.masked(nil, .socket, variables))
        }
    }

    @Test func whatIsSaidGoesBeforeWhatIsSeen() {
        for kind in [StreamKind.terminal, .journal, .sharedPipe, .pipe, .file, .socket] {
            #expect(Self.masked(true, kind, ["KIST_NO_MASK": "1"]))
            #expect(!Self.masked(false, kind, ["CI": "true"]))
            #expect(!Self.masked(nil, kind, ["CI": "true", "KIST_NO_MASK": "1"]))
        }
        #expect(!Self.masked(true, .other))
    }

    @Test func aSocketIsKnown() {
        var pair: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        #expect(StreamKind(pair[0], environment: Variables([:])) == .socket)
        for descriptor in pair { close(descriptor) }
        #expect(StreamKind(-1, environment: Variables([:])) == .other)
    }
}
