private import Glibc

/// How much memory this process may use: a derivation that takes more is killed, not refused.
package enum MachineMemory {
    /// The smaller of the machine's memory and the limits of the control groups above this process, KiB.
    package static func limit() -> UInt64 {
        let pages = UInt64(max(sysconf(Int32(_SC_PHYS_PAGES)), 1))
        let page = UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 1))
        let machine = pages * page
        return min(machine, groupLimit(lines: read("/proc/self/cgroup"), load: read) ?? machine) / 1_024
    }

    /// The smallest limit on the way up, bytes; `nil` when there is none. Understands version 2 (`memory.max`) and version
    /// 1 (`memory.limit_in_bytes`). In a container the path may not be visible: then the root of the mount counts.
    static func groupLimit(lines: String?, load: (String) -> String?) -> UInt64? {
        guard let lines else { return nil }
        var smallest: UInt64?
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isUnified = parts[0] == "0" && parts[1].isEmpty
            guard isUnified || parts[1].split(separator: ",").contains("memory") else { continue }
            let mount = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
            let file = isUnified ? "memory.max" : "memory.limit_in_bytes"
            var path = parts[2]
            while true {
                let folder = path == "/" || path.isEmpty ? mount : mount + path
                if let text = load("\(folder)/\(file)"), let limit = UInt64(text.prefix { $0 != "\n" }) {
                    smallest = min(smallest ?? limit, limit)
                }
                guard let slash = path.lastIndex(of: "/"), path.count > 1 else { break }
                path = path[..<slash]
            }
        }
        return smallest
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
