private import Glibc
internal import KistPosix

/// The program at the other end of a connection, in words for the person who is asked. Advisory: a program can call
/// itself what it likes; what it cannot do is be taken for another process.
enum Asker {
    /// The kernel says which process connected, by a handle that no later process of the same number gets.
    static func words(_ client: Client) -> String {
        let unknown = "a program that has ended (process \(client.peer.pid))"
        guard let process = UnixSocket.peerProcess(of: client.socket.raw),
            let name = text("/proc/\(client.peer.pid)/comm")
        else { return unknown }
        let command = text("/proc/\(client.peer.pid)/cmdline").map { " (\($0))" } ?? ""
        let parent = parentWords(client.peer.pid)
        // Still the same one, after all that was read.
        guard !UnixSocket.wait(process.raw, toWrite: false, milliseconds: 0) else { return unknown }
        return "\(name)\(command), process \(client.peer.pid)\(parent)"
    }

    private static func parentWords(_ pid: Int32) -> String {
        guard let parent = Process.parent(of: pid), parent > 1, let name = text("/proc/\(parent)/comm") else {
            return ""
        }
        return ", started by \(name)"
    }

    /// The file as one line of printable characters, at most 120 bytes.
    private static func text(_ path: String) -> String? {
        guard let file = try? File.open(path, flags: O_RDONLY) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 120)
        guard let count = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 else {
            return nil
        }
        return PromptText.line(String(decoding: bytes[..<count], as: UTF8.self))
    }
}

/// Text that came from others, for a dialog.
enum PromptText {
    /// One line of at most `most` bytes: control characters and what changes the direction of writing become blanks.
    static func line(_ text: String, most: Int = 160) -> String {
        var scalars = String.UnicodeScalarView()
        var left = most
        for scalar in text.unicodeScalars {
            left -= UTF8.width(scalar)
            guard left >= 0 else { break }
            let category = scalar.properties.generalCategory
            let isPlain = ![.control, .format, .lineSeparator, .paragraphSeparator].contains(category)
            scalars.append(isPlain ? scalar : " ")
        }
        return String(scalars).split(separator: " ").joined(separator: " ")
    }
}
