import Glibc
import KistModel
import KistStore
import KistVault
import StoreSQLite
import Testing

/// A file that format version 1 wrote once: every later version must open it and read the same.
@Suite struct PinnedVaultTests {
    @Test func theFileOfVersion1StillOpens() throws {
        let tests = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let test = try TestVault()
        test.vault.lock()
        try Bytes.save(try Bytes.load("\(tests)/Vectors/vault-1.kist"), test.path)
        test.anchors.bytes = nil
        try test.reopen()
        #expect(try test.unlock("correct horse battery") == .new)
        #expect(try test.vault.verify() == 5)
        #expect(
            try test.vault.list(nil).map { "\($0.profile)/\($0.name)" } == [
                "default/kumo", "default/snow", "work/kumo",
            ])
        #expect(try test.vault.secrets("kumo") == ["new:key", ""])
        #expect(try test.vault.secrets("kumo", profile: "work") == [String(repeating: "x", count: 5_000)])
        let snow = try test.vault.overview(.default, try name("snow"))
        #expect(snow.note == "näh")
        #expect(snow.plain.map { "\($0.name)=\($0.value)" } == ["account=a-b.eu"])
        #expect(try test.vault.history(.default, try name("kumo")).map(\.revision) == [3, 2])
        #expect(try test.vault.profiles().map { "\($0.name) \($0.count)" } == ["default 2", "empty 0", "work 1"])
        try test.reopen()
        #expect(throws: VaultError.wrongKey) { try test.unlock("correct horse") }
    }
}
