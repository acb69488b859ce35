private import CKistPosix

/// Which descriptors a program about to be executed gets.
package enum ExecDescriptors {
    /// Marks all from `first` on to close at `execve`.
    package static func close(from first: UInt32) { _ = kist_cloexec_from(first) }

    /// Hands one over after all.
    package static func keep(_ descriptor: Int32) { _ = kist_set_cloexec(descriptor, 0) }
}
