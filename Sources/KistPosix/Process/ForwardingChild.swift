private import CKistPosix

/// A program that this process started and waits for, passing on the signals it gets.
package enum ForwardingChild {
    /// - Parameter code: an errno when the result is 0.
    /// - Returns: the process id, or 0.
    package static func start(
        _ path: [CChar], _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
        _ variables: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, _ code: inout Int32
    ) -> Int32 {
        kist_child_start(path, arguments, variables, &code)
    }

    /// - Returns: the exit code, or 128 + N when signal N ended it.
    package static func wait(_ child: Int32) -> Int32 { kist_child_wait(child) }
}
