import Glibc
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory

/// The real `kist-keyring`, asked once.
enum HelperProcess {
    struct Reply: Equatable {
        var outcome: KeyringAnswer.Outcome
        var text: String?
        var isLocked = false
        var key = ""
    }

    /// The answer, or `nil` when it ended without one.
    static func ask(_ request: KeyringRequest, key: String? = nil, on bus: DesktopBus) throws -> Reply? {
        try ask(request, key: key, environment: bus.environment)
    }

    static func ask(_ request: KeyringRequest, key: String? = nil, environment: [String]) throws -> Reply? {
        let header = request.json.encoded
        let segments = key.map { [Array($0.utf8)] } ?? []
        var frame: [UInt8] = []
        try FrameLayout(header: header.count, segments: segments.map(\.count)).encodePrefix(into: &frame)
        let answer = try send(frame + header + segments.joined(), environment: environment)
        guard let layout = (try? answer.withUnsafeBytes { try FrameLayout.decode($0) }) ?? nil,
            answer.count == layout.frameBytes,
            let read = try? KeyringAnswer(
                json: JSONParser.parse(Array(answer[layout.prefixBytes..<layout.prefixBytes + layout.header])))
        else { return nil }
        let rest = answer[(layout.prefixBytes + layout.header)...]
        return Reply(
            outcome: read.outcome, text: read.text, isLocked: read.isLocked,
            key: String(decoding: rest, as: UTF8.self))
    }

    /// Sends bytes, closes the way in, and reads to the end.
    static func send(_ frame: [UInt8], environment: [String]) throws -> [UInt8] {
        var pair = try UnixSocket.makePair()
        let child = try ChildProcess(BuiltProgram.path("kist-keyring"), environment: environment, input: pair.other)
        pair.other = Descriptor(owning: -1)
        try? pair.one.write(frame)
        shutdown(pair.one.raw, Int32(SHUT_WR))
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while let count = try? part.withUnsafeMutableBytes({ try pair.one.read(into: $0) }), count > 0 {
            answer += part[..<count]
        }
        _ = child.id
        return answer
    }
}
