internal import KistCrypto
internal import KistStore
internal import SecretMemory

/// What a backup begins with, readable without a key as the head of a vault is.
///
/// `"KISTBACK" ‖ u8 format = 1 ‖ LP(header) ‖ LP(manifest)`; the stream follows.
struct BackupHead {
    static let magic: [UInt8] = Array("KISTBACK".utf8)
    static let format: UInt8 = 1
    /// Bytes of the header, and of the manifest, at most.
    static let longestPart = 256 << 10

    let head: StoredHead
    /// All bytes before the stream.
    let bytes: [UInt8]

    init(_ head: StoredHead) {
        var writer = ByteWriter(capacity: 32 + head.header.count + head.manifest.count)
        writer.raw(Self.magic)
        writer.number(Self.format)
        for part in [head.header, head.manifest] {
            writer.number(UInt32(part.count))
            writer.raw(part)
        }
        self.head = head
        bytes = writer.bytes
    }

    /// - Parameter bytes: the first bytes of a backup, more than the head or not.
    /// - Throws: `.newer`; `.damaged` when they cannot begin a backup, or end too early.
    init(startOf bytes: UnsafeRawBufferPointer) throws(VaultError) {
        guard bytes.count > 8, bytes[..<8].elementsEqual(Self.magic) else { throw .damaged("this is not a backup") }
        guard bytes[8] <= Self.format else { throw .newer(version: Int(bytes[8])) }
        do {
            var reader = ByteReader(bytes)
            _ = try reader.take(8)
            guard try reader.number(UInt8.self) == Self.format else { throw Malformed() }
            func part(_ reader: inout ByteReader) throws(Malformed) -> [UInt8] {
                let count = Int(try reader.number(UInt32.self))
                guard count <= Self.longestPart else { throw Malformed() }
                return try reader.bytes(count)
            }
            let header = try part(&reader)
            self.init(StoredHead(header: header, manifest: try part(&reader)))
        } catch { throw .damaged("the head of the backup is not whole") }
    }

    /// The key of the stream, bound to every byte before it: `B(backup key, LP("kist/v1/backup") ‖ LP(B(head)))`.
    func streamKey(_ keys: Keys) -> SecretBytes {
        let backup = keys.root.derive(.backup, vaultID: keys.vaultID)
        return Blake2b.derive(backup, Context("kist/v1/backup").appending(Blake2b.hash(bytes)))
    }
}
