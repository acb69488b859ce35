package import KistCrypto
package import KistModel
internal import SecretMemory

/// What a bundle says in the clear: which vault made it and until when it is good. To be believed once it is opened.
package struct BundleHead: Hashable, Sendable {
    static let magic = Array("KISTBUNDLE".utf8)
    static let version: UInt8 = 1
    static let count = 10 + 1 + 16 + 16 + 32 + 8 + 8

    /// 16 random bytes.
    package let id: [UInt8]
    /// 16 bytes.
    package let vaultID: [UInt8]
    package let vaultKey: VaultKey
    package let sealed: Timestamp
    package let expiry: Expiry

    init(id: [UInt8], vaultID: [UInt8], vaultKey: VaultKey, sealed: Timestamp, expiry: Expiry) {
        self.id = id
        self.vaultID = vaultID
        self.vaultKey = vaultKey
        self.sealed = sealed
        self.expiry = expiry
    }

    /// The vault's fingerprint, as `kist status` shows it.
    package var fingerprint: String {
        let hash = Blake2b.hash(
            Context("kist/v1/fingerprint").appending(vaultID).appending(vaultKey.publicKey).bytes)
        return CheckedText.groups(of: Array(hash[..<10]))
    }

    var bytes: [UInt8] {
        var bytes = Self.magic + [Self.version] + id + vaultID + vaultKey.publicKey
        var end: Int64 = 0
        if case .at(let moment) = expiry { end = moment.seconds }
        for number in [sealed.seconds, end] { withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }

    init(_ reader: inout BundleReader) throws(Malformed) {
        guard try reader.bytes(10) == Self.magic, try reader.number(UInt8.self) == Self.version else {
            throw Malformed()
        }
        id = try reader.bytes(16)
        vaultID = try reader.bytes(16)
        guard let key = VaultKey(publicKey: try reader.bytes(32)) else { throw Malformed() }
        vaultKey = key
        sealed = try reader.moment()
        let end = try reader.moment()
        expiry = end.seconds == 0 ? .never : .at(end)
    }
}
