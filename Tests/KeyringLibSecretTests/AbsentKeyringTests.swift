import Glibc
import KistPosix
import KistProtocol
import KistTestKit
import Testing

/// No bus, nobody on it, somebody who never answers, somebody who means harm; and callers that make no sense.
@Suite(.serialized) struct AbsentKeyringTests {
    private func request(_ verb: KeyringRequest.Verb, asking: Bool = false, milliseconds: Int64 = 700) -> KeyringRequest
    {
        KeyringRequest(verb, slot: "0011", mayAsk: asking, milliseconds: milliseconds)
    }

    private let verbs: [KeyringRequest.Verb] = [.probe, .get, .set, .remove]

    private func ask(_ verb: KeyringRequest.Verb, asking: Bool = false, environment: [String]) throws
        -> KeyringAnswer.Outcome?
    {
        try HelperProcess.ask(
            request(verb, asking: asking), key: verb == .set ? "kist-key:00" : nil, environment: environment)?.outcome
    }

    @Test func withoutABusItSaysSo() throws {
        let folder = TemporaryFolder()
        let nowhere = [
            [], ["DBUS_SESSION_BUS_ADDRESS="], ["DBUS_SESSION_BUS_ADDRESS=unix:path=\(folder.path)/none"],
            ["XDG_RUNTIME_DIR=\(folder.path)"], ["XDG_RUNTIME_DIR=\(folder.path)/none"],
            // GIO would start a bus, or go over the network.
            ["DBUS_SESSION_BUS_ADDRESS=autolaunch:"], ["DBUS_SESSION_BUS_ADDRESS=tcp:host=127.0.0.1,port=9"],
            ["DBUS_SESSION_BUS_ADDRESS=unix:path=/none;tcp:host=127.0.0.1,port=9"],
            ["DBUS_SESSION_BUS_ADDRESS=unixexec:path=/bin/true"], ["DBUS_SESSION_BUS_ADDRESS=\u{1}"],
        ]
        for environment in nowhere {
            for verb in verbs {
                #expect(try ask(verb, asking: true, environment: environment) == .noBus, "\(environment)")
            }
        }
    }

    @Test func onABusWithoutAKeyringItSaysSo() throws {
        let bus = try DesktopBus(.nobody)
        for verb in verbs {
            #expect(try ask(verb, environment: bus.environment) == .noService)
            #expect(try ask(verb, asking: true, environment: bus.environment) == .noService)
        }
    }

    @Test func silenceEndsAtTheDeadline() throws {
        let silent = try DesktopBus(.standIn("silent"))
        for verb in verbs { #expect(try ask(verb, environment: silent.environment) == .timeout) }
        // A bus that takes the connection and never says a word.
        let folder = TemporaryFolder()
        let listener = try UnixSocket.listen(at: folder.path + "/bus")
        let mute = ["DBUS_SESSION_BUS_ADDRESS=unix:path=\(folder.path)/bus"]
        for verb in verbs { #expect(try ask(verb, environment: mute) == .timeout) }
        _ = listener.raw
    }

    @Test func aKeeperWithoutEncryptionGetsNothing() throws {
        let bus = try DesktopBus(.standIn("clear"))
        for verb in verbs where verb != .probe { #expect(try ask(verb, environment: bus.environment) == .clear) }
    }

    @Test func nonsenseOfAKeeperIsAFailure() throws {
        let bus = try DesktopBus(.standIn("broken"))
        for verb in verbs {
            let reply = try #require(
                try HelperProcess.ask(request(verb), key: verb == .set ? "kist-key:00" : nil, on: bus))
            #expect(reply.outcome != .done && reply.key.isEmpty, "\(verb): \(reply)")
        }
    }

    @Test func nonsenseOfACallerEndsWithoutAnAnswer() throws {
        func frame(_ json: String, segments: [[UInt8]] = []) throws -> [UInt8] {
            var bytes: [UInt8] = []
            try FrameLayout(header: json.utf8.count, segments: segments.map(\.count)).encodePrefix(into: &bytes)
            return bytes + Array(json.utf8) + segments.joined()
        }
        let get = #"{"method":"get","params":{"slot":"v","milliseconds":50}}"#
        var frames = try [
            frame("{}"), frame("[]"), frame(#"{"method":"get","params":{"vault":"v","milliseconds":1}}"#),
            frame(#"{"method":"burn","params":{"slot":"v","milliseconds":1}}"#),
            frame(#"{"method":"get","params":{"slot":"","milliseconds":1}}"#),
            frame(#"{"method":"get","params":{"slot":"v","milliseconds":0}}"#),
            frame(#"{"method":"get","params":{"slot":"v","milliseconds":999999999}}"#),
            frame(#"{"method":"get","params":{"slot":"a\u0000b","milliseconds":1}}"#),
            frame(get, segments: [[1]]), frame(get, segments: [[1], [2]]),
            frame(#"{"method":"set","params":{"slot":"v","milliseconds":1}}"#),
        ]
        frames += [[], [0], Array(repeating: 0xFF, count: 64), Array(try frame(get).dropLast())]
        for bytes in frames { #expect(try HelperProcess.send(bytes, environment: []).isEmpty) }
        // The control.
        #expect(try !HelperProcess.send(try frame(get), environment: []).isEmpty)
    }
}
