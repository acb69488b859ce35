private import Glibc
internal import SecretMemory

extension SecretBuffer {
    /// Reads once from `descriptor` into locked memory, restarted after signals.
    ///
    /// - Parameter what: for messages ("standard input").
    /// - Returns: how many bytes came; 0 at the end.
    mutating func read(_ descriptor: Int32, what: String) throws(Failure) -> Int {
        var problem: Int32 = 0
        // The end mostly comes next: no larger buffer is made to see it.
        let count = append(atMost: room > 0 ? room : 4_096) { target -> Int in
            while true {
                let count = Glibc.read(descriptor, target.baseAddress, target.count)
                if count >= 0 { return count }
                if errno == EINTR { continue }
                problem = errno
                return 0
            }
        }
        guard problem == 0 else { throw Failure("\(what) could not be read: \(String(cString: strerror(problem)))") }
        return count
    }
}
