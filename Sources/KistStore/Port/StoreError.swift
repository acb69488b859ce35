/// Why a store refused. Facts only; which key or which name was meant is not known here.
package enum StoreError: Error, Equatable, Sendable {
    /// There is no vault at this place (no file, or an empty one).
    case absent
    /// There is a vault already where one was to be made.
    case exists
    /// The file's format version is newer than this program.
    case newer(version: Int)
    /// The content is not what a vault can contain; the phrase says which rule was broken.
    case damaged(String)
    /// The path does not lead to the file that was opened, or its content was changed by somebody else.
    case replaced
    /// The file or its folder is not safe to use (owner, mode, links, kind); the phrase says which rule was broken.
    case unsafeFile(String)
    /// No space left, or a size limit was reached.
    case full
    /// The file, its folder or the file system cannot be written.
    case readOnly
    /// Somebody else holds a lock on the file.
    case busy
    /// The operating system failed; SQLite's extended result code or an `errno`.
    case io(code: Int32)
}
