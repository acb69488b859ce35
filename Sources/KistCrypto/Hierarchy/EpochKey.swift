package import SecretMemory

/// A data key: every record key of its time comes from it.
package final class EpochKey: Sendable {
    package let number: UInt32
    private let key: SecretBytes

    package init(number: UInt32, key: consuming SecretBytes) {
        precondition(key.count == 32)
        self.number = number
        self.key = key
    }

    package static func make(number: UInt32) -> EpochKey {
        EpochKey(number: number, key: SecretBytes.makeRandom(count: 32))
    }

    /// The box of this key under the root: `nonce24 ‖ tag16 ‖ 32 bytes`, bound to vault and number.
    package func wrap(_ epochWrap: borrowing SecretBytes, vaultID: [UInt8]) -> [UInt8] {
        let wrapKey = Self.wrapKey(epochWrap, vaultID: vaultID, number: number)
        var box: [UInt8] = []
        key.withBytes { SecretBox.seal($0, wrapKey, appendingTo: &box) }
        return box
    }

    package static func unwrap(
        _ box: [UInt8], number: UInt32, _ epochWrap: borrowing SecretBytes, vaultID: [UInt8]
    ) throws(SealError) -> EpochKey {
        let wrapKey = wrapKey(epochWrap, vaultID: vaultID, number: number)
        guard box.count == SecretBox.overhead + 32 else { throw SealError() }
        let key = try box.withBytes { (box) throws(SealError) in try SecretBox.open(box, wrapKey) }
        return EpochKey(number: number, key: key)
    }

    /// The key of one part of one revision.
    package func recordKey(_ context: UnsafeRawBufferPointer) -> SecretBytes { Blake2b.derive(key, context) }

    private static func wrapKey(
        _ epochWrap: borrowing SecretBytes, vaultID: [UInt8], number: UInt32
    ) -> SecretBytes {
        Blake2b.derive(epochWrap, Context("kist/v1/epoch").appending(vaultID).appending(plain: number))
    }
}
