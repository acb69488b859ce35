import KistCrypto
import KistModel
import KistStore
import SecretMemory
import Testing

@testable import KistVault

/// Every committed vector gives exactly the outcome that another implementation says, and none is lost.
@Suite struct PrimitiveVectorTests {
    @Test func derivations() throws {
        let vectors = try VectorFile.load("derivations")
        #expect(vectors.count == 33)
        for vector in vectors {
            switch try vector.text("op") {
            case "root":
                let purpose = try #require(RootPurpose(rawValue: try vector.text("purpose")))
                let key = RootKey(try secret(vector, "root")).derive(purpose, vaultID: try vector.bytes("vault"))
                try expect(key, vector, "out")
            case "lookup":
                let keys = Keys(
                    root: RootKey(try secret(vector, "root")), vaultID: try vector.bytes("vault"),
                    incarnation: try vector.bytes("incarnation"))
                let name = try vector.text("name")
                let lookup = keys.lookup(
                    try ProfileName(try vector.text("profile")), name.isEmpty ? nil : try CredentialName(name))
                let out = try vector.bytes("out")
                #expect(lookup.lookup.withBytes { Array($0) } == out, "\(vector)")
            case "slot-keys":
                let keys = SlotKeys(
                    kek: try secret(vector, "kek"), vaultID: try vector.bytes("vault"),
                    slotID: try vector.bytes("slot"), kind: try vector.bytes("kind"))
                try expect(keys.wrap, vector, "wrap")
                try expect(keys.commit, vector, "commit")
            case "epoch":
                let out = try epoch(vector)
                #expect(out == (vector.expect == "equal" ? try vector.bytes("out") : nil), "\(vector)")
            case "fingerprint":
                let fingerprint = Fingerprint(
                    vaultID: try vector.bytes("vault"), publicKey: try vector.bytes("public"))
                #expect(fingerprint.description == vector.fields["out"], "\(vector)")
            case let op: Issue.record("unknown op \(op)")
            }
        }
    }

    /// What the epoch's key derives from the message; `nil` when the seal does not open.
    private func epoch(_ vector: Vector) throws -> [UInt8]? {
        do {
            let key = try EpochKey.unwrap(
                try vector.bytes("box"), number: UInt32(try vector.number("number")), try secret(vector, "wrap"),
                vaultID: try vector.bytes("vault"))
            var message = Context()
            message.append(try vector.bytes("message"))
            return message.bytes.withUnsafeBytes { key.recordKey($0).withBytes { Array($0) } }
        } catch is SealError {
            return nil
        }
    }

    @Test func padding() throws {
        let vectors = try VectorFile.load("padding")
        #expect(vectors.count == 33)
        for vector in vectors {
            if try vector.text("op") == "size" {
                #expect(Padding.size(try vector.number("count")) == Int(vector.fields["out"] ?? ""), "\(vector)")
                continue
            }
            let padded = try vector.bytes("padded")
            let range = try? padded.withBytes { (padded) throws(SealError) in try Padding.range(in: padded) }
            let expected = vector.expect == "equal" ? 4..<4 + (try vector.number("count")) : nil
            #expect(range == expected, "\(vector)")
        }
    }

    @Test func argon2id() throws {
        let vectors = try VectorFile.load("argon2id")
        #expect(vectors.count == 120)
        for vector in vectors {
            let cost = Argon2Cost(
                passes: UInt32(try vector.number("passes")), memory: UInt32(try vector.number("memory")))
            if try vector.text("op") == "argon2" {
                let key = try Argon2id.derive(
                    try secret(vector, "passphrase"), salt: try vector.bytes("salt"), cost: cost,
                    within: Argon2Limits(memory: 1 << 20, belowFloor: true))
                try expect(key, vector, "out")
            } else if try vector.text("op") == "factor" {
                let challenge = SlotChallenge(
                    slot: [], salt: try vector.bytes("salt"), cost: .floor, needsFactor: true)
                let key = try KeyDerivation.derive(
                    try secret(vector, "passphrase"), factor: try secret(vector, "factor"), for: challenge)
                try expect(key.testOnlyKey(), vector, "out")
            } else {
                #expect(outcome(cost, limit: UInt64(try vector.number("limit"))) == vector.expect, "\(vector)")
            }
        }
    }

    private func outcome(_ cost: Argon2Cost, limit: UInt64) -> String {
        do {
            try Argon2Limits(memory: limit / 2).check(cost)
            return "accepted"
        } catch .tooCheap {
            return "too-cheap"
        } catch {
            return "too-dear"
        }
    }

    @Test func recoveryCodes() throws {
        let vectors = try VectorFile.load("recovery-codes")
        #expect(vectors.count == 23)
        for vector in vectors {
            let text = try vector.text("text").split(separator: "\\n", omittingEmptySubsequences: false)
                .joined(separator: "\n")
            let bytes: [UInt8]?
            if let code = RecoveryCode.decode(SecretBytes(copyingExposed: Array(text.utf8))) {
                bytes = code.withBytes { Array($0) }
            } else {
                bytes = nil
            }
            #expect(bytes == (vector.expect == "equal" ? try vector.bytes("out") : nil), "\(vector)")
            if let bytes {
                let again = RecoveryCode.encode(SecretBytes(copyingExposed: bytes))
                #expect(again.count == 34)
            }
        }
    }

    private func secret(_ vector: Vector, _ key: String) throws -> SecretBytes {
        SecretBytes(copyingExposed: try vector.bytes(key))
    }

    private func expect(_ key: borrowing SecretBytes, _ vector: Vector, _ field: String) throws {
        let out = try vector.bytes(field)
        #expect(key.withBytes { Array($0) } == out, "\(vector)")
    }
}
