import KistCrypto
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import Testing

@testable import KistAgent

/// B10: every purpose by which a secret leaves, with every policy, made from the lists in the code.
@Suite struct PolicyMatrixTests {
    /// `seal` is a method of its own.
    private static let revealed = RevealRequest.Purpose.allCases.filter { $0 != .seal }

    private static func ask(_ client: RawClient, _ name: String, _ purpose: String) throws {
        try client.ask(
            .reveal,
            [
                "wants": [["profile": "default", "name": .string(name)]], "purpose": .string(purpose),
                "reason": "a\u{202E}b\nc",
            ])
    }

    private static func answer(_ client: RawClient) throws -> RawClient.Answer {
        guard let answer = try client.receive() else { throw RawClient.Gone() }
        return answer
    }

    /// An agent with one credential per policy, named like it.
    private static func bed(person: Bool = true) throws -> (TestAgent, RawClient) {
        let agent = try TestAgent(person: person)
        let client = try agent.initialised()
        for policy in Policy.allCases {
            _ = try client.put(policy.rawValue, "secret of \(policy.rawValue)", requestID: policy.rawValue)
            let set = try client.call(.policy, Self.policy(policy.rawValue, policy))
            #expect(set.result != nil)
        }
        return (agent, client)
    }

    private static func policy(_ name: String, _ policy: Policy) throws -> JSONValue {
        try PolicyRequest(profile: .default, name: CredentialName(name), policy: policy).json
    }

    @Test func everyPurposeKeepsToEveryPolicy() throws {
        let (agent, client) = try Self.bed()
        defer { agent.finish() }
        var cases = 0
        for policy in Policy.allCases {
            for purpose in Self.revealed {
                cases += 1
                try Self.ask(client, policy.rawValue, purpose.rawValue)
                switch policy.rule(for: purpose) {
                case .pass:
                    #expect(try Self.answer(client).segments == [Array("secret of \(policy.rawValue)".utf8)])
                case .refuse:
                    let answer = try Self.answer(client)
                    #expect(answer.kind == "refused", "\(policy) \(purpose)")
                    #expect(answer.segments.isEmpty)
                case .ask:
                    let question = try agent.question()
                    #expect(!client.hasAnswer, "\(policy) \(purpose): answered before anybody agreed")
                    #expect(question.text.contains("\(policy.rawValue) (profile default)"))
                    #expect(question.text.contains("It says: a b c"))
                    try agent.say(question.number, .agreed)
                    #expect(try Self.answer(client).segments == [Array("secret of \(policy.rawValue)".utf8)])
                }
            }
        }
        #expect(cases == 3 * Self.revealed.count)
        // The table itself: nothing passes `confirm` unasked, and what is shown or written out never passes `run-only`.
        for purpose in RevealRequest.Purpose.allCases {
            #expect(Policy.allow.rule(for: purpose) == .pass)
            #expect(Policy.confirm.rule(for: purpose) == (purpose == .seal ? .refuse : .ask))
            #expect(
                Policy.runOnly.rule(for: purpose)
                    == ([.run, .check, .edit, .seal, .curl, .provider, .proxy, .scan, .compare].contains(purpose)
                        ? .pass : .refuse))
        }
    }

    @Test func aBundleIsNotAWayAroundConfirm() throws {
        let (agent, client) = try Self.bed()
        defer { agent.finish() }
        let recipient = Identity.make().recipient.description
        for (policy, kind) in [(Policy.confirm, "refused"), (.runOnly, nil), (.allow, nil)] {
            let answer = try client.call(
                .seal,
                [
                    "items": [["profile": "default", "name": .string(policy.rawValue)]],
                    "recipients": [.string(recipient)], "label": "ci.kist",
                ])
            #expect(answer.kind == kind, "\(answer.header)")
            #expect(answer.segments.isEmpty == (kind != nil))
            // Sealing writes into the overview, and leaves the policy there.
            let shown = try client.call(.show, ["profile": "default", "name": .string(policy.rawValue)])
            #expect((shown.result?["policy"]?.string ?? "allow") == policy.rawValue)
        }
    }

    @Test(arguments: [PromptFrame.Word.declined, .timeout, .unavailable])
    func everyWordButYesIsNo(_ word: PromptFrame.Word) throws {
        let (agent, client) = try Self.bed()
        defer { agent.finish() }
        try Self.ask(client, "confirm", "run")
        try agent.say(try agent.question().number, word)
        let answer = try Self.answer(client)
        #expect(answer.kind == "refused")
        #expect(answer.segments.isEmpty)
        // A mixed request gives nothing either.
        agent.advance(seconds: 10)
        try client.ask(
            .reveal,
            [
                "wants": [["profile": "default", "name": "allow"], ["profile": "default", "name": "confirm"]],
                "purpose": "run",
            ])
        try agent.say(try agent.question().number, word)
        #expect(try Self.answer(client).segments.isEmpty)
    }

    @Test func withoutAPersonConfirmIsRefused() throws {
        let (agent, client) = try Self.bed(person: false)
        defer { agent.finish() }
        for purpose in Self.revealed {
            try Self.ask(client, "confirm", purpose.rawValue)
            #expect(try Self.answer(client).kind == "refused")
        }
        #expect(try client.call(.policy, Self.policy("confirm", .allow)).kind == "refused")
        #expect(try client.reveal("allow").segments.count == 1)
    }

    @Test func nobodyAnswersInTime() throws {
        let (agent, client) = try Self.bed()
        defer { agent.finish() }
        try Self.ask(client, "confirm", "get")
        let question = try agent.question()
        agent.advance(seconds: 61)
        #expect(try Self.answer(client).kind == "refused")
        #expect(try agent.question().text == "")
        // Late, and about a question that nobody has any more.
        try agent.say(question.number, .agreed)
        try Self.ask(client, "confirm", "get")
        #expect(try agent.question().number != question.number)
        #expect(!client.hasAnswer)
    }

    @Test func aLockTakesQuestionsBack() throws {
        let (agent, client) = try Self.bed()
        defer { agent.finish() }
        try Self.ask(client, "confirm", "get")
        let question = try agent.question()
        #expect(try agent.connect().call(.lock).result != nil)
        #expect(try Self.answer(client).kind == "locked")
        #expect(try agent.question().text == "")
        try agent.say(question.number, .agreed)
        #expect(try client.unlock().result != nil)
        #expect(try client.reveal("allow").segments.count == 1)
    }

    @Test func aProgramThatHasGoneIsNotAskedAbout() throws {
        let (agent, client) = try Self.bed()
        defer { agent.finish() }
        do {
            let other = try agent.connect()
            try Self.ask(other, "confirm", "get")
            _ = try agent.question()
        }
        #expect(try agent.question().text == "")
        try Self.ask(client, "confirm", "get")
        try agent.say(try agent.question().number, .agreed)
        #expect(try Self.answer(client).segments.count == 1)
    }

    @Test func peopleAreNotWornDown() throws {
        let (agent, client) = try Self.bed()
        defer { agent.finish() }
        let others = try (0..<12).map { _ in try agent.connect() }
        for other in others { try Self.ask(other, "confirm", "get") }
        #expect(eventually { others.filter(\.hasAnswer).count == 12 - Prompts.most })
        let question = try agent.question()
        try agent.say(question.number, .declined)
        // After a no there is quiet, for everybody.
        try Self.ask(client, "confirm", "get")
        #expect(try Self.answer(client).kind == "refused")
        agent.advance(seconds: 6)
    }

    /// What was agreed to is this revision: one that was put in its place meanwhile is not handed out.
    @Test func anAgreementIsForWhatWasAskedAbout() throws {
        let (agent, client) = try Self.bed()
        defer { agent.finish() }
        try Self.ask(client, "confirm", "get")
        let question = try agent.question()
        #expect(try agent.connect().put("confirm", "another", requestID: "later").result != nil)
        try agent.say(question.number, .agreed)
        let answer = try Self.answer(client)
        #expect(answer.kind == "refused")
        #expect(answer.segments.isEmpty)
    }

    @Test func takingConfirmAwayAsksAndGivingItDoesNot() throws {
        let (agent, client) = try Self.bed()
        defer { agent.finish() }
        for looser in [Policy.allow, .runOnly] {
            try client.ask(.policy, Self.policy("confirm", looser))
            let question = try agent.question()
            #expect(question.text.contains("a change of confirm"))
            try agent.say(question.number, .declined)
            #expect(try Self.answer(client).kind == "refused")
            agent.advance(seconds: 10)
        }
        // Not by writing it anew either, nor by bringing back a revision from before.
        let first = try #require(
            try client.call(.history, ["profile": "default", "name": "confirm"]).result?["items"]?.array?.last)
        let revision = try #require(first["revision"])
        #expect(
            try client.call(.restore, ["profile": "default", "name": "confirm", "revision": revision]).result != nil)
        try Self.ask(client, "confirm", "get")
        try agent.say(try agent.question().number, .agreed)
        #expect(try Self.answer(client).segments == [Array("secret of confirm".utf8)])
        try client.ask(.policy, Self.policy("confirm", .allow))
        try agent.say(try agent.question().number, .agreed)
        #expect(try Self.answer(client).result != nil)
        #expect(try client.reveal("confirm").segments.count == 1)
    }
}
