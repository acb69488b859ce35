import Glibc
import KistModel
import KistStore
import KistTestKit
import KistVault
import Testing

/// A write that fails changes nothing, and one whose outcome is unknown is looked up, never guessed.
@Suite struct FailedCommitTests {
    @Test(arguments: [
        (StoreError.full, VaultError.full), (.readOnly, .readOnly), (.busy, .busy), (.replaced, .replaced),
        (.io(code: 10), .io(code: 10)),
    ])
    func aRefusedWriteLeavesTheOldState(thrown: StoreError, seen: VaultError) throws {
        let test = try MemoryVault()
        try test.vault.put("kumo", [("api-key", "old")])
        test.store.failure = thrown
        #expect(throws: seen) { try test.vault.put("kumo", [("api-key", "new")], requestID: "r") }
        #expect(try test.vault.secrets("kumo") == ["old"])
        #expect(test.vault.generation == 2)
        #expect(try test.vault.put("kumo", [("api-key", "new")], requestID: "r") == 3, "it can be tried again")
        #expect(try test.vault.verify() == 2)
    }

    @Test func anErrorAfterTheFactIsReportedAndTheFileDecides() throws {
        let test = try MemoryVault()
        try test.vault.put("kumo", [("api-key", "old")])
        test.store.failure = .io(code: 10)
        test.store.appliesBeforeFailing = true
        #expect(throws: VaultError.io(code: 10)) { try test.vault.put("kumo", [("api-key", "new")]) }
        #expect(test.vault.generation == 3)
        #expect(try test.vault.secrets("kumo") == ["new"])
        try test.vault.put("other")
        #expect(try test.vault.verify() == 3)
    }

    @Test func limitsAreSaidBeforeAnythingIsWritten() throws {
        let test = try MemoryVault()
        func put(_ fields: [(String, String)], plain: [(String, String)] = []) throws {
            try test.vault.put("kumo", fields, plain: plain)
        }
        #expect(throws: VaultError.tooLarge("the secrets of a credential have at most 1 MiB together")) {
            try put([("a", String(repeating: "x", count: 600_000)), ("b", String(repeating: "x", count: 600_000))])
        }
        #expect(throws: VaultError.tooLarge("a credential has at most 256 fields")) {
            try put((0..<257).map { ("f\($0)", "") })
        }
        #expect(throws: VaultError.invalid("the field a is given twice")) { try put([("a", "1")], plain: [("a", "2")]) }
        #expect(throws: VaultError.tooLarge("a plain value has at most 64 KiB, all of a credential 256 KiB")) {
            try put([], plain: [("a", String(repeating: "x", count: 65_537))])
        }
        #expect(test.vault.generation == 1)
        let mega = String(repeating: "x", count: 1_048_576)
        try put([("a", mega)], plain: [("p", String(repeating: "y", count: 65_536))])
        #expect(try test.vault.secrets("kumo") == [mega])
    }
}
