private import Glibc
internal import SecretMemory

/// What a tool gets, straight from locked memory, and the exit code that goes with it.
struct HelperAnswer: ~Copyable {
    let bytes: SecretBytes
    let code: Int32

    init(_ bytes: consuming SecretBytes) {
        self.bytes = bytes
        code = 0
    }

    /// Words that are no secret.
    init(_ text: String, code: Int32 = 0) {
        bytes = SecretBytes(copyingExposed: text.utf8)
        self.code = code
    }

    /// - Returns: the exit code.
    /// - Throws: when nothing of it could be written; why is for `kist` to say.
    consuming func write() throws(Unanswered) -> Int32 {
        let isWhole = try bytes.withBytes { (all) throws(Unanswered) -> Bool in
            var done = 0
            while done < all.count {
                let count = Glibc.write(1, all.baseAddress! + done, all.count - done)
                if count >= 0 {
                    done += count
                } else if errno != EINTR {
                    // Half an answer cannot be taken back, nor given again.
                    guard done == 0 else { return false }
                    throw Unanswered()
                }
            }
            return true
        }
        return isWhole ? code : 125
    }
}
