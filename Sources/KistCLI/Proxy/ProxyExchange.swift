import Glibc
import KistPosix
import KistProtocol
import SecretMemory

/// Starts `kist-proxy` and tells it what to do. It is nobody's child, and ends with this process, whatever that becomes.
enum ProxyExchange {
    /// Until it listens, in milliseconds.
    static let patience: Int32 = 10_000

    /// - Returns: the port that it listens on.
    static func start(
        _ input: ProxyInput, _ address: ProxiedAddress, _ standIns: borrowing StandIns
    ) throws(Failure) -> Int {
        let log = try openLog(input.log)
        guard let own = try? Process.executable(), let slash = own.lastIndex(of: "/") else {
            throw Failure("kist-proxy cannot be found")
        }
        let program = String(own[..<slash]) + "/kist-proxy"
        let header = order(input, address).encoded
        var frame: [UInt8] = []
        do {
            try FrameLayout(header: header.count, segments: standIns.lengths).encodePrefix(into: &frame)
            var pair = try UnixSocket.makePair()
            try Process.startOrphan(
                program, arguments: log.raw >= 0 ? ["--log"] : [], passing: pair.other, and: log.raw)
            pair.other = Descriptor(owning: -1)
            try pair.one.write(frame + header)
            try standIns.bytes.withBytes { bytes in
                Result { () throws(PosixError) in try pair.one.write(bytes) }
            }.get()
            return try answer(pair.one)
        } catch let failure as Failure { throw failure } catch is FrameError {
            throw Failure("there are too many rules for one proxy")
        } catch { throw Failure("kist-proxy beside kist could not be started", advice: ["\(error)"]) }
    }

    private static func order(_ input: ProxyInput, _ address: ProxiedAddress) -> JSONValue {
        var params: [JSONMember] = [
            JSONMember("origin", .string(address.origin)), JSONMember("base", .string(address.base)),
            JSONMember("allow", .array(input.rules.map { .string($0) })),
            JSONMember("fields", .array(address.fields.sorted().map { .string($0) })),
            JSONMember("port", .integer(Int64(input.port))), JSONMember("owner", .integer(Int64(getpid()))),
        ]
        if let file = Environment.value("SSL_CERT_FILE"), !file.isEmpty {
            params.append(JSONMember("tls", .string(file)))
        }
        if let via = outside(address) { params.append(JSONMember("via", .string(via))) }
        return .object([JSONMember("method", "serve"), JSONMember("params", .object(params))])
    }

    /// `host:port` of the proxy that leads out of this network, when the environment names one for this address.
    private static func outside(_ address: ProxiedAddress) -> String? {
        guard address.origin.hasPrefix("https://"),
            let text = Environment.value("https_proxy") ?? Environment.value("HTTPS_PROXY"), !text.isEmpty
        else { return nil }
        let host = address.origin.dropFirst("https://".count).prefix { $0 != ":" }
        let spared = (Environment.value("no_proxy") ?? Environment.value("NO_PROXY") ?? "").split(separator: ",")
        guard !spared.contains(where: { $0 == "*" || host == $0 || host.hasSuffix("." + $0) }) else { return nil }
        var rest = Substring(text)
        if rest.hasPrefix("http://") { rest = rest.dropFirst("http://".count) }
        while rest.last == "/" { rest.removeLast() }
        return rest.contains(":") && !rest.contains("@") ? String(rest) : nil
    }

    private static func openLog(_ path: String?) throws(Failure) -> Descriptor {
        guard let path else { return Descriptor(owning: -1) }
        do {
            return try File.open(path, flags: O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY, mode: 0o600)
        } catch { throw Failure("the log cannot be opened", advice: ["\(error)"]) }
    }

    private static func answer(_ socket: borrowing Descriptor) throws -> Int {
        var bytes: [UInt8] = []
        let end = BootClock.nanoseconds + Int64(patience) * 1_000_000
        while true {
            if bytes.first == UInt8(ascii: "X") { throw Failure("kist-proxy beside kist could not be started") }
            if let layout = try bytes.withUnsafeBytes({ try FrameLayout.decode($0) }), bytes.count >= layout.frameBytes
            {
                let text = bytes[layout.prefixBytes..<layout.prefixBytes + layout.header]
                let fields = try JSONFields(try JSONParser.parse(Array(text)), "answer")
                if let problem = try fields.stringIfPresent("problem") { throw Failure.usage(problem) }
                return Int(try fields.integer("port", in: 1...65_535))
            }
            let left = Int32(clamping: (end - BootClock.nanoseconds) / 1_000_000)
            guard left > 0, UnixSocket.wait(socket.raw, toWrite: false, milliseconds: left) else {
                throw Failure("kist-proxy did not answer")
            }
            var part = [UInt8](repeating: 0, count: 4_096)
            let got = try part.withUnsafeMutableBytes { try socket.read(into: $0) }
            guard got > 0, bytes.count < 65_536 else { throw Failure("kist-proxy ended without an answer") }
            bytes += part[..<got]
        }
    }
}
