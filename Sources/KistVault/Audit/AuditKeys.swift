internal import KistCrypto
internal import SecretMemory

/// The keys of the audit log. The one of the chain only goes forward: whoever learns a later one learns none before it.
enum AuditKeys {
    /// Under it stands the key of a segment, bound to the segment's whole head.
    static func wrap(_ audit: borrowing SecretBytes, head: [UInt8]) -> SecretBytes {
        Blake2b.derive(audit, Context("kist/v1/audit-segment").appending(head))
    }

    /// Seals what entries say.
    static func seal(_ segment: borrowing SecretBytes) -> SecretBytes {
        Blake2b.derive(segment, Context("kist/v1/audit-seal"))
    }

    /// Seals the chain's key between two runs.
    static func state(_ segment: borrowing SecretBytes, sequence: UInt64, offset: UInt64) -> SecretBytes {
        Blake2b.derive(
            segment, Context("kist/v1/audit-state").appending(plain: sequence).appending(plain: offset))
    }

    /// Authenticates the last state that was seen outside the log.
    static func head(_ audit: borrowing SecretBytes) -> SecretBytes {
        Blake2b.derive(audit, Context("kist/v1/audit-head"))
    }

    /// Takes the chain's key on to the next entry, in place: the present one is gone.
    static func advance(_ chain: inout SecretBytes) { Blake2b.replace(&chain, nextContext) }

    private static let nextContext = Context("kist/v1/audit-next")

    /// The first key of a line that a recovery code can prove.
    ///
    /// - Parameter code: 16 bytes.
    static func first(ofLine id: [UInt8], code: borrowing SecretBytes, vaultID: [UInt8]) -> SecretBytes {
        let kek = Blake2b.condense(code, label: "kist/v1/recovery")
        return Blake2b.derive(kek, Context("kist/v1/audit-line").appending(vaultID).appending(id))
    }
}
