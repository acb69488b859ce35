import KistModel
import KistVault
import SecretMemory
import Testing

@Suite struct PutAndRevealTests {
    @Test func whatWasPutIsRevealedAfterTheNextUnlock() throws {
        let test = try TestVault()
        let revision = try test.vault.put("kumo", [("api-key", "a:b"), ("other", "")], plain: [("url", "https://x")])
        #expect(revision == 2)
        try test.reopen()
        #expect(throws: VaultError.locked) { try test.vault.list(nil) }
        #expect(try test.unlock() == .known)
        #expect(try test.vault.secrets("kumo") == ["a:b", ""])
        #expect(try test.vault.secrets("kumo", ["other", "url"]) == [""])
        let overview = try test.vault.overview(.default, try name("kumo"))
        #expect(overview.plainValue(try FieldName("url")) == "https://x")
        #expect(overview.revision == 2 && overview.created == TestVault.now && overview.platform == "kumo")
    }

    @Test func anUnknownNameOrFieldIsNamed() throws {
        let test = try TestVault()
        try test.vault.put("kumo")
        let absent = VaultError.notFound(profile: .default, name: try name("nobody"), field: nil)
        #expect(throws: absent) { try test.vault.secrets("nobody") }
        let field = VaultError.notFound(profile: .default, name: try name("kumo"), field: try FieldName("pin"))
        #expect(throws: field) { try test.vault.secrets("kumo", ["pin"]) }
    }

    /// The key stays behind: only the code of the moment is answered, and only where somebody asks for it by name.
    @Test func aOneTimeCodeIsMadeFromItsKey() throws {
        let test = try TestVault()
        let key = "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8"
        try test.vault.put("site", [("password", "pw"), ("totp", key)])
        func codes(_ fields: [String]?, at seconds: Int64?, of credential: String = "site") throws -> [String] {
            let want = Want(
                profile: .default, name: try name(credential), fields: try fields?.map { try FieldName($0) })
            let revealed = try test.vault.reveal([want], now: seconds.map { Timestamp(seconds: $0) })
            return revealed.items[0].fields.map { field in
                revealed.segments.withSegment(field.segment) { String(decoding: $0, as: UTF8.self) }
            }
        }
        #expect(try codes(["otp"], at: 59) == ["94287082"])
        #expect(try codes(["otp", "password"], at: 1_111_111_109) == ["07081804", "pw"])
        #expect(try codes(nil, at: 59) == ["pw", key])
        let field = VaultError.notFound(profile: .default, name: try name("site"), field: try FieldName("otp"))
        #expect(throws: field) { try codes(["otp"], at: nil) }
        // A stored field of that name goes before.
        try test.vault.put("own", [("totp", "GEZDGNBVGY3TQOJQ"), ("otp", "mine")])
        #expect(try codes(["otp"], at: 59, of: "own") == ["mine"])
        try test.vault.put("broken", [("totp", "not base 32!")])
        #expect(throws: VaultError.self) { try codes(["otp"], at: 59, of: "broken") }
        try test.vault.put("plain", [("password", "x")])
        let none = VaultError.notFound(profile: .default, name: try name("plain"), field: try FieldName("otp"))
        #expect(throws: none) { try codes(["otp"], at: 59, of: "plain") }
    }

    @Test func ifRevisionGuardsAgainstOverwriting() throws {
        let test = try TestVault()
        let first = try test.vault.put("kumo", ifRevision: 0)
        #expect(throws: VaultError.exists(profile: .default, name: try name("kumo"))) {
            try test.vault.put("kumo", ifRevision: 0)
        }
        let second = try test.vault.put("kumo", [("api-key", "new")], ifRevision: first)
        #expect(throws: VaultError.conflict(profile: .default, name: try name("kumo"), revision: second)) {
            try test.vault.put("kumo", ifRevision: first)
        }
        #expect(throws: VaultError.conflict(profile: .default, name: try name("none"), revision: 0)) {
            try test.vault.put("none", ifRevision: 7)
        }
        #expect(try test.vault.secrets("kumo") == ["new"])
        #expect(test.vault.generation == second)
    }

    @Test func aBatchIsWrittenWholeOrNotAtAll() throws {
        let test = try TestVault()
        try test.vault.put("b")
        let items = try ["a", "b", "c"].map {
            PutItem(
                profile: .default, name: try name($0), platform: "kumo", secrets: [try FieldName("api-key")],
                ifRevision: 0)
        }
        let note = WriteNote(who: "test", why: "add", when: TestVault.now)
        #expect(throws: VaultError.exists(profile: .default, name: try name("b"))) {
            try test.vault.put(items, secrets: segments(["1", "2", "3"]), note: note)
        }
        #expect(names(try test.vault.list(nil)) == ["b"])
        #expect(test.vault.generation == 2)
        try test.vault.put([items[0], items[2]], secrets: segments(["1", "3"]), note: note)
        #expect(names(try test.vault.list(nil)) == ["a", "b", "c"])
        #expect(test.vault.generation == 3)
        #expect(throws: VaultError.invalid("a is given twice")) {
            try test.vault.put(
                [items[0], items[0]].map {
                    var item = $0; item.ifRevision = nil; return item
                },
                secrets: segments(["1", "3"]), note: note)
        }
    }

    @Test func aRepeatedRequestIsAnsweredNotRepeated() throws {
        let test = try TestVault()
        let first = try test.vault.put("kumo", requestID: "r1")
        #expect(try test.vault.put("kumo", requestID: "r1") == first)
        #expect(test.vault.generation == first)
        // The same id for something else is not answered as if that had been written.
        #expect(throws: VaultError.self) {
            try test.vault.put("kumo", [("api-key", "other")], requestID: "r1")
        }
        #expect(throws: VaultError.self) { try test.vault.put("kumo", note: "n", requestID: "r1") }
        #expect(throws: VaultError.self) { try test.vault.put("kumo2", requestID: "r1") }
        #expect(test.vault.generation == first)
        #expect(try test.vault.secrets("kumo") == ["s3cret"])
    }

    @Test func manyCredentialsGrowTheIndex() throws {
        let test = try TestVault()
        let count = 500
        let items = try (0..<count).map {
            PutItem(
                profile: .default, name: try name("n\($0)"), platform: "kumo", secrets: [try FieldName("api-key")])
        }
        try test.vault.put(
            items, secrets: segments((0..<count).map { "v\($0)" }),
            note: WriteNote(who: "test", why: "add", when: TestVault.now))
        try test.vault.put("late")
        try test.reopen()
        _ = try test.unlock()
        #expect(try test.vault.list(nil).count == count + 1)
        #expect(test.vault.credentialCount == count + 1)
        #expect(try test.vault.secrets("n321") == ["v321"])
        #expect(try test.vault.verify() == count + 1)
        #expect(try test.vault.facts().indexPages == 8)
    }

    @Test func removedIsGoneWithItsHistory() throws {
        let test = try TestVault()
        let first = try test.vault.put("kumo")
        try test.vault.put("kumo")
        #expect(throws: VaultError.conflict(profile: .default, name: try name("kumo"), revision: 3)) {
            try test.vault.remove(.default, try name("kumo"), ifRevision: first)
        }
        #expect(try test.vault.remove(.default, try name("kumo")) == 4)
        #expect(throws: VaultError.notFound(profile: .default, name: try name("kumo"), field: nil)) {
            try test.vault.remove(.default, try name("kumo"))
        }
        #expect(try test.vault.put("kumo") == 5)
        #expect(try test.vault.history(.default, try name("kumo")).map(\.revision) == [5])
        try test.reopen()
        _ = try test.unlock()
        #expect(try test.vault.verify() == 1)
    }
}
