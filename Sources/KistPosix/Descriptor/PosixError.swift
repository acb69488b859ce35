private import Glibc

/// A system call that failed: which, and its `errno`.
package struct PosixError: Error, Hashable, Sendable, CustomStringConvertible {
    package let call: String
    package let code: Int32

    package init(_ call: String, _ code: Int32) {
        self.call = call
        self.code = code
    }

    /// With the `errno` of the call that has just failed.
    package init(_ call: String) { self.init(call, errno) }

    /// "connect: Connection refused"
    package var description: String { "\(call): \(String(cString: strerror(code)))" }
}
