internal import SecretMemory

/// The file that a new vault's recovery code goes into, if one was named: there before the vault is.
struct RecoveryFile: ~Copyable {
    private let file: ReservedFile?

    init(_ path: String?) throws(Failure) {
        file = try Self.make(path)
    }

    static func make(_ path: String?) throws(Failure) -> ReservedFile? {
        guard let path else { return nil }
        return try ReservedFile(path)
    }

    /// Has `body` make the code; without one the file goes again.
    borrowing func guarding<R: ~Copyable>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        do throws(Failure) { return try body() } catch {
            file?.drop()
            throw error
        }
    }

    /// - Returns: whether the code is in the file; why not is said, and it has to be shown.
    borrowing func takes(_ code: borrowing SecretBytes, _ printer: Printer) -> Bool {
        switch file {
        case .some(let file):
            do throws(Failure) {
                try file.write(code)
                return true
            } catch {
                printer.note(Phrase(error.message))
                return false
            }
        case .none: return false
        }
    }
}
