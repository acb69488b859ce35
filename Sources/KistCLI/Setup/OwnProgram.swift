private import KistPosix

/// The running `kist`.
enum OwnProgram {
    static func path() throws(Failure) -> String {
        do { return try Process.executable() } catch { throw Failure("the path of kist is not known: \(error)") }
    }

    /// `kist-helper` beside it; `nil` where it is not.
    static func helper() throws(Failure) -> String? {
        let path = (Folder.parent(of: try path()) ?? "") + "/kist-helper"
        return Home.exists(path) ? path : nil
    }
}
