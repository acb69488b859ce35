private import Glibc

/// The errors of the operating system that have a kind of their own.
enum Errno {
    case noSuchFile
    case full
    case readOnly
    case other

    init(_ code: Int32) {
        switch code {
        case ENOENT, ENOTDIR: self = .noSuchFile
        case ENOSPC, EDQUOT, EFBIG: self = .full
        case EROFS, EACCES, EPERM: self = .readOnly
        default: self = .other
        }
    }
}
