import Glibc
import KistPosix
import KistProtocol
import Testing

/// The real `kist-courier`, asked once.
enum CourierProcess {
    /// The answer, or `nil` when it ended without one.
    static func ask(
        _ platform: String, variant: String? = nil, plain: [String: String], secrets: KeyValuePairs<String, String>,
        source: String? = nil, environment: [String] = []
    ) throws -> JSONValue? {
        let params =
            ([
                "platform": .string(platform), "variant": variant.map { .string($0) }, "name": "test",
                "plain": .object(plain.map { JSONMember($0.key, .string($0.value)) }),
                "secrets": .array(secrets.map { .string($0.key) }), "source": source.map { .string($0) },
            ] as JSONValue)
        let header = JSONValue.object([JSONMember("method", "check"), JSONMember("params", params)]).encoded
        var frame: [UInt8] = []
        try FrameLayout(header: header.count, segments: secrets.map { $0.value.utf8.count }).encodePrefix(into: &frame)
        frame += header
        for secret in secrets { frame += Array(secret.value.utf8) }
        let answer = try send(frame, environment: environment)
        for secret in secrets where secret.value.utf8.count > 4 {
            #expect(!String(decoding: answer, as: UTF8.self).contains(secret.value))
        }
        guard let layout = try answer.withUnsafeBytes({ try FrameLayout.decode($0) }) else { return nil }
        return try JSONParser.parse(Array(answer[layout.prefixBytes..<layout.prefixBytes + layout.header]))
    }

    /// Sends bytes, closes the way in, and reads to the end.
    static func send(_ frame: [UInt8], environment: [String] = []) throws -> [UInt8] {
        let own = try Process.executable()
        let program = own[..<own.lastIndex(of: "/")!] + "/kist-courier"
        var pair = try UnixSocket.makePair()
        let child = try ChildProcess(String(program), environment: environment, input: pair.other)
        pair.other = Descriptor(owning: -1)
        try pair.one.write(frame)
        shutdown(pair.one.raw, Int32(SHUT_WR))
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            // A courier that leaves before it has read everything resets the connection.
            guard let count = try? part.withUnsafeMutableBytes({ try pair.one.read(into: $0) }), count > 0 else {
                break
            }
            answer += part[..<count]
        }
        _ = child.id
        return answer
    }

    /// A Kumo key at `url`.
    static func kumo(_ url: String, key: String = "demo:0123456789", environment: [String] = []) throws -> JSONValue {
        try #require(
            try ask(
                "kumo", plain: ["url": url, "customer_id": "demo"], secrets: ["api_key": key], environment: environment)
        )
    }
}
