import KistModel
import KistStore
import KistTestKit
import KistVault
import SecretMemory

/// C9: the vault equals a dictionary. Sequence `n` of 200 random steps comes from the seed and `n` alone; a failure names both.
enum Model {
    private static let steps = 200

    static func run(_ options: Options) throws -> Tally {
        var tally = Tally()
        for number in options.range(10_000) {
            var sequence = Sequence(options.seed &* 1_000_003 &+ UInt64(number))
            tally.count("sequences")
            do {
                try sequence.run(steps, &tally)
            } catch { tally.fail("sequence \(number) of seed \(options.seed), step \(sequence.step): \(error)") }
        }
        return tally
    }

    /// One vault and what it must hold.
    private struct Sequence {
        private var random: Seeded
        private let subject: Subject<MemoryStore>
        /// profile/name → the values by revision, oldest first, as many as are kept.
        private var truth: [String: [(revision: UInt64, value: String)]] = [:]
        private(set) var step = 0

        init(_ seed: UInt64) {
            random = Seeded(state: seed)
            guard let subject = try? Subject(MemoryStore()) else { fatalError("no vault") }
            self.subject = subject
        }

        mutating func run(_ steps: Int, _ tally: inout Tally) throws {
            for _ in 0..<steps {
                step += 1
                try act(&tally)
                tally.count("steps")
                if step % 50 == 0 { try compare() }
            }
            try subject.reopen()
            try compare()
        }

        private mutating func act(_ tally: inout Tally) throws {
            let (profile, name) = ("p\(pick(2))", "n\(pick(8))")
            let key = "\(profile)/\(name)"
            let newest = truth[key]?.last
            switch pick(16) {
            case 0..<5: try put(key, profile, name, nil)
            case 5: try put(key, profile, name, newest?.revision ?? 0)
            case 6:
                try expect(VaultError.self) {
                    try subject.vault.put(name, "never", profile: profile, ifRevision: (newest?.revision ?? 0) + 1)
                }
            case 7:
                if newest == nil {
                    try expect(VaultError.self) { try subject.vault.remove(ProfileName(profile), CredentialName(name)) }
                } else {
                    try subject.vault.remove(ProfileName(profile), CredentialName(name))
                    truth[key] = nil
                }
            case 8, 9:
                guard let kept = truth[key], let chosen = kept.randomElement(using: &random) else { return }
                let revision = try subject.vault.restore(
                    ProfileName(profile), CredentialName(name), revision: chosen.revision, note: .campaign)
                note(key, revision, chosen.value)
            case 10..<13:
                if let newest {
                    try same(try subject.vault.value(name, profile: profile), newest.value)
                } else {
                    try expect(VaultError.self) { try subject.vault.value(name, profile: profile) }
                }
            case 13: try subject.reopen()
            case 14: try failingWrite(key, profile, name, tally: &tally)
            default: try removeProfile(profile)
            }
        }

        private mutating func put(_ key: String, _ profile: String, _ name: String, _ ifRevision: UInt64?) throws {
            let value = String(repeating: "v\(step) ", count: pick(90))
            note(key, try subject.vault.put(name, value, profile: profile, ifRevision: ifRevision), value)
        }

        /// The store refuses, or fails after the fact: then the store decides what is true.
        private mutating func failingWrite(_ key: String, _ profile: String, _ name: String, tally: inout Tally) throws
        {
            subject.store.failure = pick(2) == 0 ? .full : .io(code: 10)
            let isIO = subject.store.failure != .full
            subject.store.appliesBeforeFailing = isIO && pick(2) == 0
            let isApplied = subject.store.appliesBeforeFailing
            let value = "w\(step)"
            let before = subject.vault.generation ?? 0
            try expect(VaultError.self) { try subject.vault.put(name, value, profile: profile) }
            subject.store.appliesBeforeFailing = false
            tally.count("failedWrites")
            if !subject.vault.isUnlocked { try subject.reopen() }
            if isApplied { note(key, before + 1, value) }
        }

        private mutating func removeProfile(_ profile: String) throws {
            let keys = truth.keys.filter { $0.hasPrefix(profile + "/") }
            guard pick(6) == 0, !keys.isEmpty else { return }
            guard try subject.vault.removeProfile(ProfileName(profile)) == keys.count else {
                throw Broken("a profile's count")
            }
            for key in keys { truth[key] = nil }
        }

        private mutating func note(_ key: String, _ revision: UInt64, _ value: String) {
            truth[key, default: []].append((revision, value))
            let most = Vault.keptRevisions + 1
            if truth[key]!.count > most { truth[key]!.removeFirst(truth[key]!.count - most) }
        }

        private func compare() throws {
            let answers = try Answers(subject.vault)
            try same(Set(answers.secrets.keys), Set(truth.keys))
            for (key, kept) in truth {
                try same(answers.secrets[key], kept.last?.value)
                try same(answers.histories[key]?.map(\.revision), kept.map(\.revision).reversed())
            }
            try same(try subject.vault.verify(), truth.values.reduce(0) { $0 + $1.count })
        }

        private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

        private func same<T: Equatable>(_ left: T, _ right: T) throws {
            guard left == right else { throw Broken("\(left) is not \(right)") }
        }

        private func expect<E: Error, R>(_ type: E.Type, _ body: () throws -> R) throws {
            do { _ = try body() } catch is E { return }
            throw Broken("it was not refused")
        }
    }
}
