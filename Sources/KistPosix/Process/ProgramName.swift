private import Glibc

extension Process {
    /// What runs as process `pid`: the path of its executable, or where that cannot be read its short name.
    ///
    /// The number may be another process's by now, and a process may call itself anything: for people, not for decisions.
    package static func program(of pid: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = bytes.withUnsafeMutableBytes {
            readlink("/proc/\(pid)/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
        }
        if count > 0 { return String(decoding: bytes[..<count], as: UTF8.self) }
        guard let name = try? File.read("/proc/\(pid)/comm", most: 64) else { return "" }
        return String(decoding: name.prefix { $0 != 0x0A }, as: UTF8.self)
    }
}
