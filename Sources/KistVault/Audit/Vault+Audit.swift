internal import KistCrypto
internal import SecretMemory

extension Vault {
    /// The public key to which lines of the log are sealed that begin without the recovery code.
    func auditRecipient(_ keys: Keys) -> [UInt8]? { nil }
}
