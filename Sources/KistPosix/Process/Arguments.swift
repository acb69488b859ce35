private import CKistPosix

/// This process's arguments as the C library hands them over. `CommandLine` looks for them on the stack, for which it reads
/// a map of the whole process.
package enum Arguments {
    /// As text; its own name first.
    package static var all: [String] {
        var all: [String] = []
        all.reserveCapacity(count)
        for index in 0..<count { if let raw = raw(index) { all.append(String(cString: raw)) } }
        return all
    }

    package static var count: Int { Int(kist_argument_count()) }

    /// Byte for byte, with its NUL.
    ///
    /// - Parameter index: less than `count`.
    package static func raw(_ index: Int) -> UnsafeMutablePointer<CChar>? { kist_argument(Int32(index)) }
}
