import Glibc
import KistModel
import KistStore
import KistTestKit
import SecretMemory

@testable import KistCrypto
@testable import KistVault

/// Good inputs, so that a run begins behind the first check.
@MainActor enum Seeds {
    static func write(of target: String, to folder: String) throws {
        mkdir(folder, 0o700)
        for (number, bytes) in try good(target).enumerated() {
            guard let file = fopen("\(folder)/good-\(number)", "we") else { continue }
            fwrite(bytes, 1, bytes.count, file)
            fclose(file)
        }
    }

    private static func good(_ target: String) throws -> [[UInt8]] {
        switch target {
        case "header", "manifest", "record", "index", "anchor", "backup": try vault(target)
        case "frame":
            [
                frame(
                    #"{"jsonrpc":"2.0","id":1,"method":"unlock","params":{"with":"passphrase","for":36000}}"#,
                    [1, 2, 3]),
                frame(
                    #"{"jsonrpc":"2.0","id":2,"method":"reveal","params":{"wants":[{"profile":"default","name":"kumo"}],"purpose":"run"}}"#
                ),
                frame(#"{"jsonrpc":"2.0","id":3,"method":"list","params":{"all":true}}"#),
            ]
        case "json": [Array(#"{"a":[1,-2,true,null,"\u00e4\n"],"b":{}}"#.utf8), Array(#"{"api_key":"x","n":12}"#.utf8)]
        case "lines":
            [
                Array(#"{"id":1,"credential":"kumo","profile":"prod","fields":["a"],"reason":"nightly"}"#.utf8),
                Array(
                    #"{"credential":"a","platform":"p","expires":"2127-01-01","secret":["d"],"fields":{"b":"c","d":"MQ=="},"base64":["d"]}"#
                        .utf8), Array(#"{"error":{"kind":"locked","message":"no"}}"#.utf8),
            ]
        case "template": [Array("a = kist://kumo/api_key\nb = \"{{ op://v/i/f | json }}\"\n".utf8)]
        case "mask": [Array("01234567sixteen-byte-keyand sixteen-byte-key c2l4dGVlbi1ieXRlLWtleQ== end".utf8)]
        case "env": [Array("A=1\nexport B='x y' # z\nC=\"q\\n\"\n".utf8)]
        case "toml":
            [
                Array(
                    "profile = \"p\"\nuse = [\"kumo\", { name = \"x\", prefix = \"EU_\" }]\n[env]\nA = \"kist://kumo/api-key\"\n"
                        .utf8)
            ]
        case "tools":
            [
                #"{"v":1,"kind":"get","operation":"read","registry":{"index-url":"sparse+https://x/","name":"x","headers":["a"]},"args":[]}"#,
                #"{"id":1,"credential":"kumo","fields":["api_key"],"reason":"x"}"#,
                #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":{"server":"https://h"},"interactive":true}}"#,
                "protocol=https\nhost=example.com\npassword_expiry_utc=12\ncapability[]=authtype\n\n",
                #"{"ServerURL":"https://x","Username":"u","Secret":"\u00e4"}"#,
                "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ%3D&digits=8&period=60&algorithm=SHA256",
                #"{"type":"service_account","a":[1,-2.5e3,null]}"#,
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            ].enumerated().map { [UInt8($0.offset)] + Array($0.element.utf8) }
        case "code":
            [
                RecoveryCode.encode(RecoveryCode.make()).withBytes { Array($0) },
                Array(Identity.make().recipient.description.utf8), Array("2026-11-21T00:31:09Z".utf8),
                Array("kist://default/kumo/api-key".utf8),
            ]
        default: [[]]
        }
    }

    private static func vault(_ target: String) throws -> [[UInt8]] {
        let store = MemoryStore()
        let challenge = SlotChallenge.make(cost: .floor)
        let vault = try Vault.create(
            in: store, anchors: Nowhere(), slotKey: SlotKey(challenge: challenge, key: key()),
            now: Timestamp(seconds: 1)
        ).vault
        guard let head = store.head, let contents = vault.contents, let keys = vault.keys else { return [] }
        let overview = Overview(
            profile: .default, name: try CredentialName("snow"), platform: "snowflake",
            plain: [PlainField(name: try FieldName("url"), value: "https://x")], secrets: [try FieldName("key")],
            expiry: .at(Timestamp(seconds: 9)), created: Timestamp(seconds: 1), modified: Timestamp(seconds: 2),
            revision: 3,
            note: "n")
        let stored = StoredOverview(
            profile: .default, overview: overview, revision: 3, when: Timestamp(seconds: 2), who: "kist", why: "add")
        switch target {
        case "header": return [head.header]
        case "manifest":
            let padded = try contents.manifest.seal(key()).withBytes { (all) throws(SealError) in
                try SecretBox.open(UnsafeRawBufferPointer(rebasing: all[1...]), key())
            }
            return [try padded.withBytes { (bytes) throws(SealError) in Array(bytes[try Padding.range(in: bytes)]) }]
        case "record": return [Array(stored.encode().dropFirst(4))]
        case "index": return [[0, 0] + [UInt8](repeating: 9, count: 56)]
        case "anchor":
            let anchor = Anchor(
                vaultID: keys.vaultID, publicKey: vault.header.publicKey, incarnation: keys.incarnation,
                chain: contents.manifest.chain)
            return [anchor.encode(keys)]
        default: return [BackupHead(head).bytes]
        }
    }

    private static func frame(_ header: String, _ segment: [UInt8]? = nil) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
        }
        let lengths = segment.map { number($0.count, 4) } ?? []
        let rest =
            number(header.utf8.count, 4) + number(segment == nil ? 0 : 1, 2) + lengths + Array(header.utf8)
            + (segment ?? [])
        return number(rest.count, 4) + rest
    }
}

/// Remembers nothing.
private final class Nowhere: AnchorStore {
    func load() throws(AnchorStoreError) -> [UInt8]? { nil }
    func save(_ anchor: [UInt8]) throws(AnchorStoreError) {}
}
