private import Glibc
internal import KistPosix

/// Lines to and from one pinentry, with an end.
struct Assuan: ~Copyable {
    enum Stop: Error {
        case takenBack
        case timeout
        case broken
    }

    enum Answer {
        case done
        case failed(UInt32)
    }

    /// A line with its end; longer ones are not of the protocol.
    private static let longest = 1_000

    private let socket: Descriptor
    private let end: Int64
    private var arrived: [UInt8] = []

    init(_ socket: consuming Descriptor, until end: Int64) {
        self.socket = socket
        self.end = end
    }

    /// - Returns: whether it began with `OK`.
    mutating func greeted(_ isTakenBack: (Int32) throws -> Bool) throws -> Bool {
        if case .done = try answer(isTakenBack) { return true }
        return false
    }

    mutating func say(_ line: String, _ isTakenBack: (Int32) throws -> Bool) throws -> Answer {
        try socket.write(Array((line + "\n").utf8))
        return try answer(isTakenBack)
    }

    private mutating func answer(_ isTakenBack: (Int32) throws -> Bool) throws -> Answer {
        while true {
            let line = try nextLine(isTakenBack)
            if line == "OK" || line.hasPrefix("OK ") { return .done }
            if line.hasPrefix("ERR ") {
                let code = line.dropFirst(4).prefix { $0 != " " }
                return .failed(UInt32(code) ?? 0)
            }
            // `D`, `S` and `#` lines are not for us.
        }
    }

    private mutating func nextLine(_ isTakenBack: (Int32) throws -> Bool) throws -> String {
        while true {
            if let cut = arrived.firstIndex(of: 0x0A) {
                let line = String(decoding: arrived[..<cut], as: UTF8.self)
                arrived.removeFirst(cut + 1)
                return line
            }
            guard arrived.count < Self.longest else { throw Stop.broken }
            guard BootClock.nanoseconds < end else { throw Stop.timeout }
            // Two who may speak: most of the time is spent waiting for the person.
            guard UnixSocket.wait(socket.raw, toWrite: false, milliseconds: 100) else {
                if try isTakenBack(0) { throw Stop.takenBack }
                continue
            }
            var bytes = [UInt8](repeating: 0, count: 1_024)
            let count = try bytes.withUnsafeMutableBytes { try socket.read(into: $0) }
            guard count > 0 else { throw Stop.broken }
            arrived += bytes[..<count]
        }
    }

    /// For one line: `%` and what would end it are written as `%XX`; at most 900 bytes, cut between characters.
    static func escaped(_ text: String) -> String {
        var line = ""
        var count = 0
        for scalar in text.unicodeScalars {
            let part: String
            switch scalar {
            case "%": part = "%25"
            case "\n": part = "%0A"
            case "\r": part = "%0D"
            default: part = scalar.value < 0x20 ? " " : String(scalar)
            }
            count += part.utf8.count
            guard count <= 900 else { break }
            line += part
        }
        return line
    }
}
