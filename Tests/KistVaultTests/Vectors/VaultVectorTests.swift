import KistCrypto
import KistModel
import KistStore
import KistTestKit
import KistVault
import SecretMemory
import Testing

/// Whole vaults made by another implementation: those that follow the format open, and every other one gets exactly the
/// answer that it should.
@Suite struct VaultVectorTests {
    @Test func everyVaultGetsItsAnswer() throws {
        let vectors = try VectorFile.load("vaults")
        let base = try #require(vectors.first)
        var outcomes: [String: Int] = [:]
        for vector in vectors {
            var whole = vector
            if vector.fields["like"] == "base" {
                whole.fields.merge(base.fields.filter { !["expect", "names", "values", "kek"].contains($0.key) }) {
                    own, _ in own
                }
                for key in (vector.fields["without"] ?? "").split(separator: " ") { whole.fields[String(key)] = nil }
            }
            let outcome = try outcome(of: whole, base)
            #expect(outcome == vector.expect, "\(vector)")
            outcomes[outcome, default: 0] += 1
        }
        #expect(vectors.count == 238)
        #expect(outcomes.count == 11)
    }

    private func outcome(of vector: Vector, _ base: Vector) throws -> String {
        let store = try store(vector)
        let anchors = MemoryAnchors()
        anchors.bytes = vector.fields["anchor"].flatMap { Vector.hex($0) }
        let opening = Result { () throws(VaultError) in try Vault.open(store, anchors: anchors) }
        guard case .success(let vault) = opening else {
            if case .failure(let error) = opening { return name(error) == "damaged" ? "malformed" : name(error) }
            return ""
        }
        let unlocking = Result { try unlock(vault, vector, base) }
        if case .failure(let error) = unlocking {
            #expect(!vault.isUnlocked)
            return name(error)
        }
        if let says = vector.fields["anchor-says"] {
            #expect(try unlocking.get().rawValue == says, "\(vector)")
        }
        if vector.expect == "damaged-read" {
            #expect(throws: VaultError.self, "\(vector)") { try vault.verify() }
        }
        if let read = vector.fields["read"] {
            let reading = Result { try reveal(vault, read) }
            if case .failure(let error) = reading { return name(error) + "-read" }
        }
        do { try check(vault, vector) } catch VaultError.damaged { return "damaged-read" }
        return "opens"
    }

    private func check(_ vault: Vault, _ vector: Vector) throws {
        let names = try vault.list(nil).map { "\($0.profile)/\($0.name)" }
        #expect(names.joined(separator: " ") == vector.fields["names"], "\(vector)")
        for value in (vector.fields["values"] ?? "").split(separator: " ") {
            let parts = value.split(separator: "=")
            let path = parts[0].split(separator: "/").map(String.init)
            #expect(try reveal(vault, "\(path[0])/\(path[1])", path[2]) == String(parts[1]))
        }
        if let absent = vector.fields["absent"] { #expect(throws: VaultError.self) { try reveal(vault, absent) } }
    }

    private func unlock(_ vault: Vault, _ vector: Vector, _ base: Vector) throws -> AnchorStatus {
        if let code = vector.fields["code"] {
            return try vault.unlock(
                recoveryCode: SecretBytes(copyingExposed: Array(code.utf8)), now: Timestamp(seconds: 0))
        }
        if let opener = try opener(vector) {
            let expected = vector.fields["pinned"] == nil ? nil : vault.fingerprint.description.lowercased()
            return try vault.unlock(with: opener, expecting: expected, now: Timestamp(seconds: 0))
        }
        let kek = try (vector.fields["kek"] == nil ? base : vector).bytes("kek")
        let known = try vault.challenges.first ?? Vault.open(try store(base), anchors: MemoryAnchors()).challenges.first
        let challenge = try #require(known)
        let key = SlotKey(challenge: challenge, key: SecretBytes(copyingExposed: kek))
        return try vault.unlock(with: key, now: Timestamp(seconds: 0))
    }

    /// A stored key, or an identity and the vaults that it trusts.
    private func opener(_ vector: Vector) throws -> Opener? {
        if vector.fields["stored"] != nil {
            return try .stored(bytes: SecretBytes(copyingExposed: try vector.bytes("stored")))
        }
        guard vector.fields["identity"] != nil else { return nil }
        let seed = SecretBytes(copyingExposed: try vector.bytes("identity"))
        let trusted = vector.fields["trusted"] == nil ? [] : try vector.bytes("trusted")
        let keys = stride(from: 0, to: trusted.count, by: 32).compactMap {
            VaultKey(publicKey: Array(trusted[$0..<$0 + 32]))
        }
        return .identity(IdentityFile(identity: Identity(seed: seed), trusted: keys))
    }

    private func reveal(_ vault: Vault, _ name: String, _ field: String? = nil) throws -> String {
        let parts = name.split(separator: "/").map(String.init)
        let want = Want(
            profile: try ProfileName(parts[0]), name: try CredentialName(parts[1]),
            fields: try field.map { [try FieldName($0)] })
        let revealed = try vault.reveal([want])
        guard revealed.segments.count > 0 else { return "" }
        return revealed.segments.withSegment(0) { String(decoding: $0, as: UTF8.self) }
    }

    private func store(_ vector: Vector) throws -> MemoryStore {
        let store = MemoryStore()
        store.head = StoredHead(header: try vector.bytes("header"), manifest: try vector.bytes("manifest"))
        for (key, value) in vector.fields {
            if key.hasPrefix("page-") {
                store.pages[try #require(UInt32(key.dropFirst(5)))] = try vector.bytes(key)
            } else if key.hasPrefix("row-") {
                let parts = value.split(separator: " ", omittingEmptySubsequences: false)
                let lookup = try #require(Vector.hex(parts[0]))
                let place = RecordPlace(
                    lookup: lookup.withUnsafeBytes { LookupID($0) }, revision: try #require(UInt64(parts[1])))
                store.rows[place] = (try #require(Vector.hex(parts[2])), try #require(Vector.hex(parts[3])))
            }
        }
        return store
    }

    private func name(_ error: any Error) -> String {
        switch error as? VaultError {
        case .wrongKey: "wrong-key"
        case .damaged: "damaged"
        case .newer: "newer"
        case .invalid: "not-a-code"
        case .olderCopy: "older-copy"
        case .forked: "forked"
        case .otherVault: "other-vault"
        case .unpinned: "unpinned"
        default: "\(error)"
        }
    }
}
