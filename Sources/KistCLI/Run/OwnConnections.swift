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
        own.withBytes { bytes in
            var keeps = true
            var quote: [UInt8]?
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
                let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                if quote == nil, let table = Self.table(line) { keeps = table != name }
                if keeps { contents.append(line) }
                quote = Self.openQuote(line, quote)
                start = end
            }
            if bytes.last != 10 { contents.append(10) }
        }
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

    /// Which multi-line string is open after `line`: `"""`, `'''`, or none.
    private static func openQuote(_ line: UnsafeRawBufferPointer, _ open: [UInt8]?) -> [UInt8]? {
        var open = open
        var index = 0
        while index + 2 < line.count {
            let three = [line[index], line[index + 1], line[index + 2]]
            if let quote = open {
                if three == quote {
                    open = nil
                    index += 2
                }
            } else if three == Array("\"\"\"".utf8) || three == Array("'''".utf8) {
                open = three
                index += 2
            }
            index += 1
        }
        return open
    }
}
