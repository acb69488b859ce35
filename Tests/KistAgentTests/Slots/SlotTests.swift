import KistCrypto
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

/// Slots as a client meets them.
struct SlotTests {
    /// 32 bytes that look random and are told apart by `seed`.
    private func key(_ seed: UInt8) -> [UInt8] { (0..<32).map { seed &+ $0 &* 7 } }

    /// A new recovery code, as somebody was shown it.
    private func code() -> [UInt8] { RecoveryCode.encode(RecoveryCode.make()).withBytes { Array($0) } }

    private let proof: JSONValue = ["with": "passphrase"]

    private func add(_ client: RawClient, _ kind: String, _ material: [[UInt8]], _ more: [JSONMember] = []) throws
        -> RawClient.Answer
    {
        let params = [JSONMember("proof", proof), JSONMember("kind", .string(kind))] + more
        return try client.call(.slotAdd, .object(params), [TestAgent.passphrase] + material)
    }

    private func slots(_ client: RawClient) throws -> [SlotSummary] {
        let result = try #require(try client.call(.slots).result)
        return try SlotsResult(json: result).items
    }

    private func unlock(_ client: RawClient, _ with: String, _ segments: [[UInt8]], _ more: [JSONMember] = []) throws
        -> RawClient.Answer
    {
        try client.call(.unlock, .object([JSONMember("with", .string(with))] + more), segments)
    }

    @Test func everyKindIsAddedListedOpenedAndRemoved() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "secret")
        let identity = Identity.make()
        let text = identity.encode().withBytes { Array($0) }
        let cheap = [JSONMember("passes", 2), JSONMember("memory", 19_456)]
        let label = [JSONMember("label", "näh")]
        var ways: [(kind: String, with: String, segments: [[UInt8]])] = []
        for (seed, kind) in ["keyring", "keyFile", "credential"].enumerated() {
            let added = try add(client, kind, [key(UInt8(seed))], label)
            #expect(added.result?["slot"]?["label"] == "näh" && added.segments.isEmpty)
            ways.append((kind, "key", [key(UInt8(seed))]))
        }
        let recipient = [JSONMember("recipient", .string(identity.recipient.description))]
        let added = try add(client, "recipient", [], recipient)
        #expect(added.result?["slot"]?["recipient"]?.string == identity.recipient.fingerprint)
        ways.append(("recipient", "identity", [text]))
        let recovery = code()
        let withCode = try add(client, "recovery", [recovery])
        #expect(withCode.result != nil && withCode.segments.isEmpty)
        ways.append(("recovery", "recovery", [recovery]))
        #expect(try add(client, "passphrase", [Array("second".utf8)], cheap).result != nil)
        ways.append(("passphrase", "passphrase", [Array("second".utf8)]))
        let all = try slots(client)
        #expect(all.map(\.kind.rawValue) == ["passphrase", "recovery"] + ways.map(\.kind))
        #expect(all.allSatisfy { $0.created != nil })
        #expect(all.filter(\.kind.isUnattended).count == 2)

        for (index, way) in ways.enumerated() {
            _ = try client.call(.lock)
            let opened = try unlock(client, way.with, way.segments)
            #expect(opened.result?["kind"]?.string == way.kind, "\(way.kind)")
            #expect(opened.result?["slot"]?.string == all[index + 2].id)
            #expect(try client.reveal("a").segments == [Array("secret".utf8)])
        }
        for (index, way) in ways.enumerated() {
            let params: JSONValue = ["proof": proof, "slot": .string(all[index + 2].id)]
            #expect(try client.call(.slotRemove, params, [TestAgent.passphrase]).result == .empty)
            #expect(try client.call(.slotRemove, params, [TestAgent.passphrase]).kind == "notFound")
            #expect(try unlock(client, way.with, way.segments).kind == "wrongKey", "\(way.kind)")
            agent.clock.advance(seconds: 11)
        }
        #expect(try slots(client).map(\.kind) == [.passphrase, .recovery])
        let last: JSONValue = ["proof": proof, "slot": .string(all[1].id)]
        #expect(try client.call(.slotRemove, last, [TestAgent.passphrase]).result == .empty)
        let own: JSONValue = ["proof": proof, "slot": .string(all[0].id)]
        #expect(try client.call(.slotRemove, own, [TestAgent.passphrase]).kind == "lastSlot")
    }

    @Test func aWrongProofChangesNothingAndPauses() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        let before = try slots(client)
        let wrong = Array("wrong".utf8)
        let adding: JSONValue = ["proof": proof, "kind": "keyFile"]
        #expect(try client.call(.slotAdd, adding, [wrong, key(1)]).kind == "wrongKey")
        #expect(try client.call(.slotAdd, adding, [TestAgent.passphrase, key(1)]).kind == "wait", "as after an unlock")
        agent.clock.advance(seconds: 1)
        let id = JSONValue.string(before[0].id)
        let stranger: JSONValue = ["with": "key"]
        for (method, params) in [
            (KistProtocol.Method.slotAdd, ["proof": stranger, "kind": "recovery"] as JSONValue),
            (.slotChange, ["proof": stranger, "slot": id, "label": "mine"]),
            (.slotRemove, ["proof": stranger, "slot": id]), (.slotTest, ["proof": stranger]),
        ] {
            let segments = [key(9)] + (method == .slotAdd ? [code()] : [])
            #expect(try client.call(method, params, segments).kind == "wrongKey", "\(method)")
            agent.clock.advance(seconds: 11)
        }
        #expect(try slots(client) == before)
        #expect(try client.state() == "unlocked", "who has it open keeps it")
        _ = try client.call(.lock)
        #expect(try client.call(.slotAdd, adding, [TestAgent.passphrase, key(1)]).kind == "locked")
    }

    @Test func aLockedVaultShowsKindsAndWhetherItWasOpened() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        #expect(try agent.connect().call(.slots).kind == "absent")
        let client = try agent.initialised()
        _ = try add(client, "keyring", [key(1)], [JSONMember("label", "desk")])
        _ = try client.call(.lock)
        #expect(agent.isLockFree)
        let answer = try #require(try client.call(.slots).result)
        let items = try SlotsResult(json: answer)
        #expect(items.items.map(\.kind) == [.passphrase, .recovery, .keyring] && !items.isFirst)
        #expect(items.items.allSatisfy { $0.label == nil && $0.created == nil && $0.tested == nil })
        #expect(items.items[0].passes == 2 && items.items[0].memory == 19_456)
        #expect(agent.isLockFree, "it does not keep what it looked at")
    }

    @Test func bothFactorsOpenTogether() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.connect()
        let made = try client.call(.initialise, TestAgent.cheap, [TestAgent.passphrase])
        let code = try #require(made.segments.first)
        let all = try slots(client)
        let change: JSONValue = [
            "proof": proof, "slot": .string(all[0].id), "renew": true, "factor": true, "passes": 2, "memory": 19_456,
        ]
        let segments = [TestAgent.passphrase, TestAgent.passphrase, key(3)]
        #expect(try client.call(.slotChange, change, segments).kind == "untested")
        let tested = try client.call(.slotTest, ["proof": ["with": "recovery"]], [code])
        #expect(tested.result?["slot"]?["tested"] != nil && tested.result?["slot"]?["used"] == nil)
        let changed = try client.call(.slotChange, change, segments)
        #expect(changed.result?["slot"]?["factor"] == true && changed.result?["slot"]?["id"]?.string == all[0].id)
        _ = try client.call(.lock)
        #expect(
            try client.unlock().kind == "factor", "nothing is derived and nothing is told but what the header shows")
        let factor = [JSONMember("factor", true)]
        #expect(try unlock(client, "passphrase", [TestAgent.passphrase, key(4)], factor).kind == "wrongKey")
        agent.clock.advance(seconds: 1)
        #expect(try unlock(client, "passphrase", [TestAgent.passphrase, key(3)], factor).result != nil)
        let both: JSONValue = ["with": "passphrase", "factor": true]
        let removing: JSONValue = ["proof": both, "slot": .string(all[1].id)]
        #expect(try client.call(.slotRemove, removing, [TestAgent.passphrase, key(3)]).kind == "untested")
    }

    @Test func aUsedCodeIsSaidUntilItIsRenewed() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.connect()
        let made = try client.call(.initialise, TestAgent.cheap, [TestAgent.passphrase])
        let code = try #require(made.segments.first)
        _ = try client.call(.lock)
        #expect(try unlock(client, "recovery", [code]).result?["renewRecovery"] == true)
        _ = try client.call(.lock)
        #expect(try client.unlock().result?["renewRecovery"] == true)
        #expect(try client.call(.status).result?["renewRecovery"] == true)
        let used = try #require(try slots(client).first { $0.isUsed })
        let change: JSONValue = ["proof": ["with": "recovery"], "slot": .string(used.id), "renew": true]
        // What nobody could have made by chance, or wrote down wrongly, changes nothing.
        let zero = RecoveryCode.encode(SecretBytes(count: RecoveryCode.byteCount) { _ in }).withBytes { Array($0) }
        for broken in [zero, Array(self.code().dropLast()), Array("0000-0000-0000-0000-0000-0000-0000".utf8), []] {
            #expect(try client.call(.slotChange, change, [code, broken]).kind == "invalid")
        }
        let new = self.code()
        #expect(try client.call(.slotChange, change, [code, new]).result != nil)
        #expect(try client.call(.status).result?["renewRecovery"] == nil)
        #expect(try unlock(client, "recovery", [code]).kind == "wrongKey")
        agent.clock.advance(seconds: 11)
        #expect(try unlock(client, "recovery", [new]).result != nil)
    }

    @Test func brokenSlotRequestsAreRefused() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        let own = TestAgent.passphrase
        let cases: [(KistProtocol.Method, JSONValue, [[UInt8]])] = [
            (.slotAdd, ["kind": "keyFile"], [own, key(1)]),
            (.slotAdd, ["proof": ["with": "key", "factor": true], "kind": "keyFile"], [own, key(1), key(1)]),
            (.slotAdd, ["proof": proof, "kind": "token"], [own, key(1)]),
            (.slotAdd, ["proof": proof, "kind": "keyFile"], [own]),
            (.slotAdd, ["proof": proof, "kind": "keyFile"], [own, key(1), key(1)]),
            (.slotAdd, ["proof": proof, "kind": "keyFile"], [own, Array(key(1).dropLast())]),
            (.slotAdd, ["proof": proof, "kind": "keyFile"], [own, [UInt8](repeating: 0, count: 32)]),
            (.slotAdd, ["proof": proof, "kind": "keyFile", "factor": true], [own, key(1)]),
            (.slotAdd, ["proof": proof, "kind": "keyFile", "label": "a\nb"], [own, key(1)]),
            (.slotAdd, ["proof": proof, "kind": "recovery"], [own]),
            (.slotAdd, ["proof": proof, "kind": "recovery"], [own, key(1)]),
            (.slotAdd, ["proof": proof, "kind": "recipient"], [own]),
            (.slotAdd, ["proof": proof, "kind": "recipient", "recipient": "kist-recipient-0"], [own]),
            (.slotAdd, ["proof": proof, "kind": "keyFile", "passes": 2], [own, key(1)]),
            (.slotAdd, ["proof": proof, "kind": "passphrase", "passes": 1, "memory": 8], [own, own]),
            (.slotChange, ["proof": proof, "slot": "zz"], [own]),
            (.slotChange, ["proof": proof, "slot": "0000000000000000"], [own]),
            (.slotRemove, ["proof": proof], [own]),
            (.unlock, ["with": "key"], [Array(key(1).dropLast())]),
            (.unlock, ["with": "identity"], [key(1)]),
            (.unlock, ["with": "passphrase", "factor": true], [own]),
            (.unlock, ["with": "key", "factor": true], [key(1), key(1)]),
        ]
        for (method, params, segments) in cases {
            #expect(try client.call(method, params, segments).kind == "invalid", "\(method) \(params)")
        }
        #expect(try slots(client).count == 2)
    }
}
