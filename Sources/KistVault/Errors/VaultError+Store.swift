internal import KistStore

extension VaultError {
    init(_ error: StoreError) {
        self =
            switch error {
            case .absent: .absent
            case .exists: .vaultExists
            case .newer(let version): .newer(version: version)
            case .damaged(let rule): .damaged(rule)
            case .replaced: .replaced
            case .unsafeFile(let rule): .unsafeFile(rule)
            case .full: .full
            case .readOnly: .readOnly
            case .busy: .busy
            case .io(let code): .io(code: code)
            }
    }

    /// Runs a store's verb with the vault's errors.
    static func from<R: ~Copyable>(_ body: () throws(StoreError) -> R) throws(VaultError) -> R {
        do { return try body() } catch { throw VaultError(error) }
    }
}
