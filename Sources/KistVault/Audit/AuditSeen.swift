internal import KistCrypto
internal import SecretMemory

/// What this machine saw last of a vault's audit log, kept outside of it: it may lag, and never leads.
///
/// `u8 1 ‖ vault id16 ‖ u64 next sequence ‖ tag32 ‖ mac32`
struct AuditSeen: Equatable {
    enum Reading: Equatable {
        case never
        /// There is something that cannot be read or was not written by this vault.
        case unknown
        case seen(AuditSeen)

        var isSeen: Bool {
            if case .seen = self { true } else { false }
        }
    }

    static let layout: UInt8 = 1

    /// The sequence number of the entry after the last one.
    let next: UInt64
    /// The last one's tag.
    let tag: [UInt8]

    func encode(vaultID: [UInt8], _ audit: borrowing SecretBytes) -> [UInt8] {
        var writer = ByteWriter(capacity: 96)
        writer.number(Self.layout)
        writer.raw(vaultID)
        writer.number(next)
        writer.raw(tag)
        writer.raw(Self.mac(writer.bytes, audit))
        return writer.bytes
    }

    static func read(_ store: any AnchorStore, vaultID: [UInt8], _ audit: borrowing SecretBytes) -> Reading {
        let bytes: [UInt8]?
        do { bytes = try store.load() } catch { return .unknown }
        guard let bytes else { return .never }
        guard bytes.count == 89, bytes[0] == layout else { return .unknown }
        // Another vault stood here.
        guard Array(bytes[1..<17]) == vaultID else { return .never }
        guard ConstantTime.areEqual(Array(bytes[57...]), mac(Array(bytes[..<57]), audit))
        else { return .unknown }
        let next = bytes[17..<25].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return .seen(AuditSeen(next: next, tag: Array(bytes[25..<57])))
    }

    private static func mac(_ bytes: [UInt8], _ audit: borrowing SecretBytes) -> [UInt8] {
        Blake2b.tag(AuditKeys.head(audit), Context("kist/v1/audit-seen").appending(bytes))
    }
}
