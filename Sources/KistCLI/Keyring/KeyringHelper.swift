import KistClient
import KistCrypto
import KistPosix
import KistProtocol
import SecretMemory

/// One question to the desktop's keyring by a `kist-keyring` of its own: started, asked, answered, gone.
struct KeyringHelper {
    /// The path of `kist-keyring`.
    let program: String
    /// `NAME=value` entries that it gets.
    let environment: [String]

    /// Where the message bus is; nothing else of the environment matters to it.
    static let handedOn = ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"]
    /// In milliseconds: for a look, for an answer without asking anybody, and for somebody to type a password.
    static let brief: Int64 = 1_000
    static let quick: Int64 = 3_000
    static let patient: Int64 = 90_000
    /// How much longer than the request's own time is waited for the process, in milliseconds.
    private static let grace: Int64 = 3_000

    /// The answer, and with `get` the key's text.
    struct Reply: ~Copyable {
        let answer: KeyringAnswer
        let segments: SecretSegments

        init(_ answer: KeyringAnswer, _ segments: consuming SecretSegments = SecretSegments()) {
            self.answer = answer
            self.segments = segments
        }

        /// The 32 bytes of the key that was found; `nil` when there is none, or something else was kept there.
        func key() -> SecretBytes? {
            guard answer.outcome == .done, segments.count == 1 else { return nil }
            return StoredKeyText.key.decode(segments.segment(0))
        }
    }

    /// A helper beside the running program, never searched for by PATH.
    static func beside(_ variables: Variables) -> KeyringHelper? {
        guard let own = try? Process.executable(), let slash = own.lastIndex(of: "/") else { return nil }
        let entries = handedOn.compactMap { name in variables.nonEmpty(name).map { "\(name)=\($0)" } }
        return KeyringHelper(program: own[..<slash] + "/kist-keyring", environment: entries)
    }

    func ask(_ request: KeyringRequest) -> Reply { ask(request, SecretSegments()) }

    /// - Parameter key: with `set`, its text.
    func ask(_ request: KeyringRequest, _ key: borrowing SecretSegments) -> Reply {
        let end = BootClock.nanoseconds + (request.milliseconds + Self.grace) * 1_000_000
        do throws(PosixError) {
            let talk = try Talk(program, environment)
            return talk.ask(request, key, until: end)
        } catch { return Reply(KeyringAnswer(.other, text: "kist-keyring beside kist: \(error)")) }
    }

    /// A started helper, ended with this value.
    private struct Talk: ~Copyable {
        let child: ChildProcess
        let wire: Wire

        init(_ program: String, _ environment: [String]) throws(PosixError) {
            var pair = try UnixSocket.makePair()
            child = try ChildProcess(program, environment: environment, input: pair.other)
            // Without this its end would never look closed.
            pair.other = Descriptor(owning: -1)
            wire = Wire(socket: pair.takeOne())
        }

        func ask(_ request: KeyringRequest, _ key: borrowing SecretSegments, until end: Int64) -> Reply {
            do throws(ClientError) {
                try wire.send(try Wire.frame(request.json, key.lengths), key, until: end)
                let frame = try wire.receive(until: end)
                guard let json = try? JSONParser.parse(frame.header), let answer = try? KeyringAnswer(json: json) else {
                    return Reply(KeyringAnswer(.other, text: "kist-keyring was not understood"))
                }
                return Reply(answer, frame.takeSegments())
            } catch {
                if case .timeout = error { return Reply(KeyringAnswer(.timeout)) }
                return Reply(KeyringAnswer(.other, text: "kist-keyring did not answer"))
            }
        }
    }
}
