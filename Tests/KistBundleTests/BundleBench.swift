import KistCrypto
import KistModel
import SecretMemory

@testable import KistBundle

/// A vault's pair, machines, and two credentials to be sealed.
struct BundleBench {
    static let now = Timestamp(seconds: 1_800_000_000)
    let vaultID = [UInt8](repeating: 7, count: 16)

    func pair(_ byte: UInt8) -> BoxKeyPair {
        BoxKeyPair(seed: SecretBytes(copyingExposed: [UInt8](repeating: byte, count: 32)))
    }

    /// The vault whose bundles are believed.
    var vaultPair: BoxKeyPair { pair(100) }
    var vaultKey: VaultKey { VaultKey(publicKey: vaultPair.publicKey)! }

    func identity(_ byte: UInt8, trusting: [VaultKey]? = nil) -> IdentityFile {
        IdentityFile(
            identity: Identity(seed: SecretBytes(copyingExposed: [UInt8](repeating: byte, count: 32))),
            trusted: trusting ?? [vaultKey])
    }

    func recipient(_ byte: UInt8) -> Recipient { identity(byte).identity.recipient }

    var overviews: [Overview] {
        get throws {
            let kumo = Overview(
                profile: .default, name: try CredentialName("kumo"), platform: "kumo",
                plain: [PlainField(name: try FieldName("url"), value: "https://demo.kumoai.cloud/api")],
                secrets: [try FieldName("api_key")], expiry: .at(Timestamp(seconds: 1_900_000_000)),
                created: Timestamp(seconds: 1_700_000_000), modified: Timestamp(seconds: 1_700_000_001), revision: 5)
            let snowflake = Overview(
                profile: try ProfileName("prod"), name: try CredentialName("snowflake"), platform: "snowflake",
                variant: "key-pair", secrets: [try FieldName("private_key"), try FieldName("passphrase")],
                created: Timestamp(seconds: 1_700_000_002), modified: Timestamp(seconds: 1_700_000_003), revision: 9,
                policy: .runOnly)
            return [snowflake, kumo]
        }
    }

    static let secrets: [[UInt8]] = [Array("-----BEGIN".utf8), [], Array("demo:s3cr3t".utf8)]

    func segments(_ secrets: [[UInt8]] = BundleBench.secrets) -> SecretSegments {
        SecretSegments(bytes: SecretBytes(copyingExposed: secrets.flatMap { $0 }), lengths: secrets.map(\.count))
    }

    /// - Parameter sender: the seed of the pair that seals.
    func seal(
        for recipients: [Recipient], from sender: UInt8 = 100,
        expiry: Expiry = .at(Timestamp(seconds: now.seconds + 3_600))
    ) throws -> [UInt8] {
        try SealedBundle.seal(
            try overviews, segments(), for: recipients, from: pair(sender), vaultID: vaultID, expiry: expiry,
            now: Self.now)
    }

    /// Why it was not opened; `nil` when it was.
    func refusal(
        _ file: [UInt8], _ identity: borrowing IdentityFile, now: Timestamp = BundleBench.now
    ) -> BundleError? {
        do throws(BundleError) {
            _ = try OpenedBundle(file, with: identity, now: now)
            return nil
        } catch { return error }
    }

    /// The bytes with another check at their end, as somebody would make it who knows the format.
    func rechecked(_ bytes: [UInt8]) -> [UInt8] {
        let front = bytes.dropLast(SealedBundle.checkCount)
        return Array(front) + SealedBundle.check(front)
    }
}
