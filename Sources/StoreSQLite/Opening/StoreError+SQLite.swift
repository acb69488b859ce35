internal import GRDB
private import GRDBSQLite
private import Glibc
internal import KistStore

extension StoreError {
    /// What an error of GRDB means for a vault at `path`.
    init(_ error: any Error, _ path: String) {
        if let error = error as? StoreError {
            self = error
        } else if let error = error as? DatabaseError {
            self.init(code: error.extendedResultCode.rawValue, system: errno, path)
        } else {
            self = .io(code: 0)
        }
    }

    /// - Parameters:
    ///   - code: SQLite's extended result code.
    ///   - system: the `errno` behind it, as far as it is known.
    init(code: Int32, system: Int32, _ path: String) {
        switch code & 0xFF {
        case SQLITE_FULL: self = .full
        case SQLITE_READONLY: self = code == SQLITE_READONLY | (4 << 8) ? .replaced : .readOnly
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .damaged("SQLite cannot read the file")
        case SQLITE_CONSTRAINT: self = .damaged("there is a row already where a new one belongs")
        case SQLITE_TOOBIG: self = .damaged("a row is longer than SQLite's limit")
        case SQLITE_INTERRUPT: self = .damaged("the file leads SQLite in circles")
        // The answer of the vault's VFS to any file but the vault and its journal.
        case SQLITE_AUTH: self = .unsafeFile("its content led to another file")
        case SQLITE_CANTOPEN, SQLITE_PERM:
            self = VaultFolder.isWritable(path) ? .io(code: code) : .readOnly
        case SQLITE_IOERR where VaultFolder.full(system): self = .full
        default: self = .io(code: code)
        }
    }
}
