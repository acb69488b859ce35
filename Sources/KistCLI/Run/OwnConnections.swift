import KistClient
import SecretMemory

/// The user's own Snowflake connections, which stay usable beside the one that Kist hands over.
///
/// They may hold passwords, so they are copied line by line in locked memory and never become text.
struct OwnConnections {
    let session: Session

    /// Appends the user's `connections.toml` without the table `name`.
    func append(to contents: inout SecretBuffer, except name: String) {
        guard let own = file("connections.toml") else { return }
        own.withBytes { Self.copy($0, to: &contents, except: name) }
    }

    /// Copies all tables but `name` and those beneath it.
    static func copy(_ bytes: UnsafeRawBufferPointer, to contents: inout SecretBuffer, except name: String) {
        var keeps = true
        var scan = TableScan()
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            if scan.isBetweenValues, let table = Self.table(line) { keeps = table != name }
            if keeps { contents.append(line) }
            scan.pass(line)
            start = end
        }
        if !bytes.isEmpty, bytes.last != 10 { contents.append(10) }
    }

    /// The user's `config.toml`, which stands beside.
    func configuration() -> SecretBytes? { file("config.toml") }

    /// The first folder that has it, in the order in which the connector looks.
    private func file(_ name: String) -> SecretBytes? {
        let home = session.places.home
        let config = session.environment.nonEmpty("XDG_CONFIG_HOME") ?? home + "/.config"
        let folders = [session.environment.nonEmpty("SNOWFLAKE_HOME"), home + "/.snowflake", config + "/snowflake"]
        for folder in folders.compactMap({ $0 }) {
            if let bytes = try? SecretReader.readFile("\(folder)/\(name)", what: name, atMost: 1 << 19) { return bytes }
        }
        return nil
    }

    /// The first part of a table's name, when `line` opens one: `kumo` for `[kumo]`, `["kumo"]`, `[kumo.session]`.
    static func table(_ line: UnsafeRawBufferPointer) -> String? {
        var rest = line.drop { $0 == 32 || $0 == 9 }
        guard rest.first == UInt8(ascii: "[") else { return nil }
        rest = rest.dropFirst().drop { $0 == 32 || $0 == 9 || $0 == UInt8(ascii: "[") }
        guard let first = rest.first else { return nil }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            return String(decoding: rest.dropFirst().prefix { $0 != first }, as: UTF8.self)
        }
        let word = rest.prefix { $0 != UInt8(ascii: "]") && $0 != UInt8(ascii: ".") && $0 != 32 && $0 != 9 }
        return String(decoding: word, as: UTF8.self)
    }
}

/// Where a line of TOML ends: within a string of several lines, within brackets, or between two values. Comments and
/// strings of one line are passed over, so that what only looks like a quote or a bracket counts for nothing.
struct TableScan {
    private enum Text {
        case none
        /// The quote, and whether it takes three of it to end.
        case open(UInt8, isLong: Bool)
    }

    private var text = Text.none
    private var depth = 0

    /// Whether the next line may open a table.
    var isBetweenValues: Bool {
        if case .open = text { return false }
        return depth == 0
    }

    mutating func pass(_ line: UnsafeRawBufferPointer) {
        // The brackets of a table's name are not those of a value.
        let isTable = isBetweenValues && OwnConnections.table(line) != nil
        var index = 0
        while index < line.count {
            let byte = line[index]
            let isTriple = index + 2 < line.count && line[index + 1] == byte && line[index + 2] == byte
            switch text {
            case .open(let quote, let isLong):
                if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                    index += 1
                } else if byte == quote, !isLong || isTriple {
                    text = .none
                    if isLong { index += 2 }
                }
            case .none:
                switch byte {
                case UInt8(ascii: "#"): index = line.count
                case UInt8(ascii: "\""), UInt8(ascii: "'"):
                    text = .open(byte, isLong: isTriple)
                    if isTriple { index += 2 }
                case UInt8(ascii: "["), UInt8(ascii: "{"): if !isTable { depth += 1 }
                case UInt8(ascii: "]"), UInt8(ascii: "}"): if !isTable { depth = max(0, depth - 1) }
                default: break
                }
            }
            index += 1
        }
        // A string of one line ends with it, whatever is missing: one mistake must not take the rest of the file along.
        if case .open(_, isLong: false) = text { text = .none }
    }
}
