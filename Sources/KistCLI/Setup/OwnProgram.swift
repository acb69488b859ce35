private import KistPosix

/// The running `kist`.
enum OwnProgram {
    static func path() throws(Failure) -> String {
        do { return try Process.executable() } catch { throw Failure("the path of kist is not known: \(error)") }
    }
}
