private import Glibc

/// Descriptors 0 to 2, which a caller may have closed: the next file or socket to be opened would take their place
/// and get what was meant for the user.
package enum StandardDescriptors {
    /// Puts `/dev/null` where one is closed, in the direction that fails: reading 0 ends, writing 1 and 2 is an error.
    package static func occupy() {
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            _ = open("/dev/null", O_RDONLY)
        }
    }
}
