import KistPlatforms
import KistPosix
import KistProtocol
import SecretMemory

/// One check by a `kist-courier` of its own: started, asked, answered, gone. No argument or variable holds a secret.
struct CourierExchange {
    /// What came back; every text is harmless on a terminal.
    struct Report: Equatable {
        var verdict: CheckVerdict
        var http: Int?
        var milliseconds: Int?
        var answeredBy: String?
        var why: String?
        var proves: String?
    }

    /// The path of `kist-courier`.
    let program: String
    /// `NAME=value` entries that it gets.
    let environment: [String]
    /// Until the answer is there, in milliseconds; the courier itself gives a platform ten seconds.
    var patience = 20_000

    /// The variables that a courier may see: where a proxy is, and which certificates to trust.
    static let handedOn = ["https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "SSL_CERT_FILE"]

    /// A courier beside the running program, never searched for by PATH.
    static func beside() -> CourierExchange? {
        guard let own = try? Process.executable(), let slash = own.lastIndex(of: "/") else { return nil }
        let entries = handedOn.compactMap { name in Environment.value(name).map { "\(name)=\($0)" } }
        return CourierExchange(program: own[..<slash] + "/kist-courier", environment: entries)
    }

    func check(
        _ platform: Platform, variant: String?, name: String, plain: [String: String], secrets: [String],
        field: FieldBytes
    ) -> Report {
        var bytes = SecretBuffer(capacity: 4_096)
        var lengths: [Int] = []
        for secret in secrets {
            let start = bytes.count
            guard field(secret, { bytes.append($0) }) else { return .unknown("the field \(secret) has no value") }
            lengths.append(bytes.count - start)
        }
        var params: [JSONMember] = [
            JSONMember("platform", .string(platform.name)), JSONMember("name", .string(name)),
            JSONMember(
                "plain", .object(plain.sorted { $0.key < $1.key }.map { JSONMember($0.key, .string($0.value)) })),
            JSONMember("secrets", .array(secrets.map { .string($0) })),
        ]
        if let variant { params.append(JSONMember("variant", .string(variant))) }
        // It cannot read the user's folder: it does not know where that is.
        if case .user(_, _, let source) = platform.origin { params.append(JSONMember("source", .string(source))) }
        let header = JSONValue.object([JSONMember("method", "check"), JSONMember("params", .object(params))]).encoded
        do {
            var head: [UInt8] = []
            try FrameLayout(header: header.count, segments: lengths).encodePrefix(into: &head)
            return try exchange(head + header, bytes.finish())
        } catch is FrameError {
            return .unknown("the credential is too large for a check")
        } catch let error as PosixError where error.call == ChildProcess.start {
            return .unknown("kist-courier beside kist: \(error)")
        } catch { return .unknown("kist-courier did not answer") }
    }

    struct NoAnswer: Error {}

    private func exchange(_ head: [UInt8], _ secrets: borrowing SecretBytes) throws -> Report {
        let answer = try ask(head, secrets)
        return try Self.report(try JSONParser.parse(answer.header))
    }

    /// One frame there, one frame back; its segments go straight into locked memory.
    func ask(_ head: [UInt8], _ secrets: borrowing SecretBytes) throws -> CourierAnswer {
        var pair = try UnixSocket.makePair()
        let child = try ChildProcess(program, environment: environment, input: pair.other)
        // Without this its end would never look closed.
        pair.other = Descriptor(owning: -1)
        let end = BootClock.nanoseconds + Int64(patience) * 1_000_000
        pair.one.setNonblocking(true)
        var done = 0
        while done < head.count + secrets.count {
            let sent = try secrets.withBytes { secret in
                try head.withUnsafeBytes { head in
                    try UnixSocket.send(
                        pair.one.raw, UnsafeRawBufferPointer(rebasing: head[min(done, head.count)...]),
                        UnsafeRawBufferPointer(rebasing: secret[max(0, done - head.count)...]))
                }
            }
            if let sent { done += sent } else { try wait(pair.one, toWrite: true, until: end) }
        }
        var answer = SecretBuffer(capacity: 16_384)
        while true {
            let layout = try answer.withBytes { try FrameLayout.decode($0) }
            if let layout, answer.count >= layout.frameBytes {
                _ = child.id
                let start = layout.prefixBytes + layout.header
                let header = answer.withBytes { Array($0[layout.prefixBytes..<start]) }
                let bytes = answer.withBytes { all in
                    SecretBytes(count: layout.segmentBytes) {
                        $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[start..<start + layout.segmentBytes]))
                    }
                }
                return CourierAnswer(header: header, segments: SecretSegments(bytes: bytes, lengths: layout.segments))
            }
            var got: Int?
            _ = try answer.append(atMost: 16_384) { target throws(PosixError) -> Int in
                got = try UnixSocket.receive(pair.one.raw, target)
                return got ?? 0
            }
            guard let got else {
                try wait(pair.one, toWrite: false, until: end)
                continue
            }
            guard got > 0, answer.count < 2 * FrameLayout.largestHeader else { throw NoAnswer() }
        }
    }

    private func wait(_ socket: borrowing Descriptor, toWrite: Bool, until end: Int64) throws {
        let left = (end - BootClock.nanoseconds) / 1_000_000
        guard left > 0 else { throw NoAnswer() }
        _ = UnixSocket.wait(socket.raw, toWrite: toWrite, milliseconds: Int32(clamping: left))
    }

    private static func report(_ json: JSONValue) throws -> Report {
        let fields = try JSONFields(json, "answer")
        guard let verdict = CheckVerdict(rawValue: try fields.string("status")) else { throw ShapeError("status") }
        return Report(
            verdict: verdict, http: try fields.integerIfPresent("http", in: 100...999).map { Int($0) },
            milliseconds: try fields.integerIfPresent("milliseconds", in: 0...86_400_000).map { Int($0) },
            answeredBy: try fields.stringIfPresent("answeredBy"), why: try fields.stringIfPresent("why"),
            proves: try fields.stringIfPresent("proves"))
    }
}

/// What a courier answered.
struct CourierAnswer: ~Copyable {
    let header: [UInt8]
    let segments: SecretSegments
}

extension CourierExchange.Report {
    fileprivate static func unknown(_ why: String) -> Self { Self(verdict: .unknown, why: why) }
}
