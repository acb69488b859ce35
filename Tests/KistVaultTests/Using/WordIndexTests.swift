import KistModel
import KistStore
import KistTestKit
import SecretMemory
import Testing

@testable import KistVault

/// A list of few opens few rows, and is the list that all rows would give.
@Suite struct WordIndexTests {
    private typealias Line = (platform: String, text: String?)

    private static let hosts = ["git.example.com", "example.com", "xgit.example.com", "registry.example:5000", "::1"]
    private static let platforms = ["login", "gitlab", "fields"]

    private func put(_ vault: Vault, _ number: Int, _ platform: String, _ url: String) throws {
        let item = PutItem(
            profile: number % 5 == 0 ? try ProfileName("work") : .default, name: try name("n\(number)"),
            platform: platform,
            plain: [
                PlainField(name: try FieldName("username"), value: "ada \(number)"),
                PlainField(name: try FieldName("url"), value: url),
            ], secrets: [try FieldName("key")])
        try vault.put([item], secrets: segments(["x"]), note: RekeyVault.note)
    }

    /// What passes, as a filter of the protocol says it.
    private func passes(_ overview: Overview, _ lines: [Line]) -> Bool {
        lines.contains { line in
            overview.platform == line.platform
                && (line.text.map { text in
                    overview.plain.contains { PlainWords.holds($0.value, PlainWords.lower(text)) }
                } ?? true)
        }
    }

    private func compare(_ vault: Vault, _ lines: [Line]) throws {
        for profile in [nil, ProfileName.default] {
            let found = try vault.list(profile, holding: lines) { passes($0, lines) }
            #expect(try found == vault.list(profile) { passes($0, lines) })
        }
    }

    private func compareAll(_ vault: Vault) throws {
        for platform in Self.platforms {
            try compare(vault, [(platform, nil)])
            for host in Self.hosts + ["GIT.example.COM", "ada 7", "nowhere", "/"] {
                try compare(vault, [(platform, host)])
            }
        }
        try compare(vault, [("login", "git.example.com"), ("gitlab", "example.com"), ("none", nil)])
        try compare(vault, [])
    }

    private func url(_ random: inout SplitMix) -> String {
        let host = Self.hosts[Int(random.next() % UInt64(Self.hosts.count))]
        switch random.next() % 6 {
        case 0: return host
        case 1: return "https://\(host.uppercased())/a"
        case 2: return "https://[\(host)]:8443"
        case 3: return String(repeating: "w ", count: 80) + host
        case 4: return String(repeating: "x", count: 5_000) + " " + host
        default: return "https://\(host)"
        }
    }

    @Test(arguments: [1, 2, 3]) func whateverIsWrittenTheFewAreThose(seed: UInt64) throws {
        let test = try RekeyVault(filled: false)
        var random = SplitMix(state: seed)
        for step in 0..<60 {
            let number = Int(random.next() % 40)
            let platform = Self.platforms[Int(random.next() % 3)]
            try put(test.vault, number, platform, url(&random))
            if step % 4 == 3 {
                let gone = Int(random.next() % 40)
                _ = try? test.vault.remove(gone % 5 == 0 ? try ProfileName("work") : .default, try name("n\(gone)"))
            }
            if step % 10 == 9 { try compareAll(test.vault) }
            if step == 25 {
                try test.reopen()
                try test.unlock(old: true)
            }
        }
        // While names have two places in the index, and after that.
        try test.begin()
        _ = try test.vault.advanceRekey(most: 5) { true }
        try compareAll(test.vault)
        try put(test.vault, 3, "login", "https://git.example.com")
        try compareAll(test.vault)
        try test.advance()
        try compareAll(test.vault)
    }

    @Test func moreWritesThanAreFollowedMakeItAnew() throws {
        let test = try MemoryVault()
        try put(test.vault, 1, "login", "https://git.example.com")
        try compareAll(test.vault)
        for number in 0...WordIndex.mostChanged { try put(test.vault, number, "login", "https://h\(number).example") }
        #expect(test.vault.words == nil)
        try compare(test.vault, [("login", "h7.example")])
        #expect(test.vault.words != nil)
        test.vault.lock()
        #expect(test.vault.words == nil)
    }

    /// A row that cannot be opened any more stands in nobody's way but that of who asks for it.
    @Test func theOthersAreNotOpened() throws {
        let test = try MemoryVault()
        for number in 1...40 { try put(test.vault, number, "login", "https://h\(number).example") }
        let before = Set(test.store.rows.keys)
        try put(test.vault, 41, "login", "https://git.example.com")
        let lines: [Line] = [("login", "git.example.com")]
        try compare(test.vault, lines)
        for place in before { test.store.rows[place]?.overview = [1, 2, 3] }
        #expect(names(try test.vault.list(nil, holding: lines) { passes($0, lines) }) == ["n41"])
        #expect(throws: VaultError.self) { try test.vault.list(nil) }
        let bent: [Line] = [("login", "h7.example")]
        #expect(throws: VaultError.self) { try test.vault.list(nil, holding: bent) { passes($0, bent) } }
    }
}
