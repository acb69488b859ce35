package import KistModel

/// What an agent writes into the lock file of the vault that it has open, so that others find it or can name it.
///
/// The lock file is `<vault>.lock`; the lock on it (flock) counts, the text only explains.
package struct Rendezvous: Hashable, Sendable {
    /// The agent's socket; `nil` for a private agent, which nobody else can use.
    package var socket: String?
    package var pid: Int32
    /// The process's start in clock ticks since boot: tells it from a later process with the same number.
    package var ticks: UInt64?
    package var since: Timestamp
    /// The boot of the machine that the process lives in.
    package var boot: String
    package var host: String

    /// No such text is longer, in bytes.
    package static let longest = 4_096

    package init(socket: String?, pid: Int32, ticks: UInt64?, since: Timestamp, boot: String, host: String) {
        self.socket = socket
        self.pid = pid
        self.ticks = ticks
        self.since = since
        self.boot = boot
        self.host = host
    }

    package var json: JSONValue {
        [
            "socket": socket.map { .string($0) },
            "pid": .integer(Int64(pid)),
            "ticks": ticks?.json,
            "since": .string(since.description),
            "boot": .string(boot),
            "host": .string(host),
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "lock file")
        socket = try fields.stringIfPresent("socket")
        pid = Int32(try fields.integer("pid", in: 1...Int64(Int32.max)))
        ticks = try fields.naturalIfPresent("ticks")
        since = try fields.timestamp("since")
        boot = try fields.string("boot")
        host = try fields.string("host")
    }

    /// `nil` when the bytes are no such text (an empty lock file, one of another version).
    package init?(bytes: [UInt8]) {
        guard bytes.count <= Self.longest, let json = try? JSONParser.parse(bytes), let found = try? Self(json: json)
        else { return nil }
        self = found
    }
}
