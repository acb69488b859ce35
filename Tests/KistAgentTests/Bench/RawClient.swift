import KistPosix
import KistProtocol

/// A client that can do everything wrong: bytes in, bytes out, nothing checked.
final class RawClient {
    let socket: Descriptor
    private var nextID: Int64 = 0

    init(socket: consuming Descriptor) { self.socket = socket }

    convenience init(path: String) throws { self.init(socket: try UnixSocket.connect(to: path)) }

    struct Answer: Equatable {
        var header: JSONValue
        var segments: [[UInt8]]

        var kind: String? { header["error"]?["data"]?["kind"]?.string }
        var result: JSONValue? { header["result"] }
    }

    static func frame(_ header: [UInt8], _ segments: [[UInt8]] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        // Tests that send what no layout allows write their bytes themselves.
        guard let layout = try? FrameLayout(header: header.count, segments: segments.map(\.count)) else { return [] }
        layout.encodePrefix(into: &bytes)
        return bytes + header + segments.flatMap { $0 }
    }

    static func request(_ id: Int64, _ method: Method, _ params: JSONValue, _ segments: [[UInt8]] = []) -> [UInt8] {
        frame(Request(id: id, method: method, params: params).json.encoded, segments)
    }

    func send(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let sent = try bytes.withUnsafeBytes {
                try UnixSocket.send(socket.raw, UnsafeRawBufferPointer(rebasing: $0[done...]))
            }
            if let sent { done += sent } else { _ = UnixSocket.wait(socket.raw, toWrite: true, milliseconds: 1_000) }
        }
    }

    /// Asks; returns the id.
    @discardableResult
    func ask(_ method: Method, _ params: JSONValue = .empty, _ segments: [[UInt8]] = []) throws -> Int64 {
        nextID += 1
        try send(Self.request(nextID, method, params, segments))
        return nextID
    }

    func call(_ method: Method, _ params: JSONValue = .empty, _ segments: [[UInt8]] = []) throws -> Answer {
        try ask(method, params, segments)
        guard let answer = try receive() else { throw Gone() }
        return answer
    }

    @discardableResult
    func hello() throws -> Answer { try call(.hello, ["protocol": 1, "version": "test"]) }

    struct Gone: Error {}

    /// - Returns: `nil` when the agent has closed the connection.
    func receive() throws -> Answer? {
        guard let fixed = try read(10) else { return nil }
        let count = Int(fixed[8]) << 8 | Int(fixed[9])
        guard let lengths = try read(4 * count) else { return nil }
        guard let layout = try (fixed + lengths).withUnsafeBytes({ try FrameLayout.decode($0) }),
            let header = try read(layout.header)
        else { return nil }
        var segments: [[UInt8]] = []
        for length in layout.segments {
            guard let segment = try read(length) else { return nil }
            segments.append(segment)
        }
        return Answer(header: try JSONParser.parse(header), segments: segments)
    }

    /// Whether an answer has come, or the end.
    var hasAnswer: Bool { UnixSocket.wait(socket.raw, toWrite: false, milliseconds: 0) }

    private func read(_ count: Int) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            guard UnixSocket.wait(socket.raw, toWrite: false, milliseconds: 30_000) else { throw Gone() }
            let got = try? bytes.withUnsafeMutableBytes {
                try UnixSocket.receive(socket.raw, UnsafeMutableRawBufferPointer(rebasing: $0[done...]))
            }
            // A reset is an end too.
            guard let got, got > 0 else { return nil }
            done += got
        }
        return bytes
    }
}
