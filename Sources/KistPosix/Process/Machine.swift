private import CKistPosix

/// What the machine may do with memory and with files behind a program's back.
package enum Machine {
    /// Swap space on a disk. Swap that is itself in memory (zram) does not count.
    package static var swapsToDisk: Bool { swapsToDisk(File.text("/proc/swaps")) }

    static func swapsToDisk(_ table: String) -> Bool {
        table.split(separator: "\n").dropFirst().contains { !$0.hasPrefix("/dev/zram") }
    }

    /// Whether the kernel could write all memory to a disk and switch off: it knows how, and there is room for it.
    package static var canHibernate: Bool {
        canHibernate(states: File.text("/sys/power/state"), disk: File.text("/sys/power/disk")) && swapsToDisk
    }

    static func canHibernate(states: String, disk: String) -> Bool {
        states.split { $0 == " " || $0 == "\n" }.contains("disk") && !disk.isEmpty
            && !disk.split(whereSeparator: \.isWhitespace).contains("[disabled]")
    }

    /// The name of the network file system that holds `path`; `nil` for one of this machine, or when nothing is there.
    package static func networkFileSystem(of path: String) -> String? {
        networkName(kist_file_system(path))
    }

    static func networkName(_ type: UInt32) -> String? {
        switch type {
        case 0x6969: "NFS"
        case 0x517B, 0xFF53_4D42, 0xFE53_4D42: "SMB"
        case 0x0102_1997: "9P"
        case 0x00C3_6400: "Ceph"
        case 0x5346_414F, 0x6B41_4653: "AFS"
        case 0x7375_7245: "Coda"
        case 0x564C: "NCP"
        case 0x6573_5546: "FUSE"
        case 0x0BD0_0BD0: "Lustre"
        case 0x4750_4653: "GPFS"
        default: nil
        }
    }
}

extension File {
    /// A small text of the kernel; empty when there is none.
    fileprivate static func text(_ path: String) -> String {
        String(decoding: (try? read(path, most: 65_536)) ?? [], as: UTF8.self)
    }
}
