import Glibc
import KistModel
import KistStore
import KistTestKit
import KistVault
import StoreSQLite

/// A5: 50 older snapshots, 200 mixtures of two snapshots (pages of the real file, and parts in memory), forks; and the same
/// older copies with a wiped anchor, which must be said to be new and not called known.
enum Rollbacks {
    static func run(_ options: Options) throws -> Tally {
        var tally = Tally()
        var random = Seeded(state: options.seed)
        try older(&tally)
        try mixtures(&tally, &random, options)
        try forks(&tally)
        return tally
    }

    private static func older(_ tally: inout Tally) throws {
        let subject = try Subject(MemoryStore())
        var snapshots: [Subject<MemoryStore>.Snapshot] = []
        for number in 0..<50 {
            snapshots.append(subject.snapshot())
            try subject.vault.put("n\(number % 7)", "v\(number)")
        }
        let anchor = subject.anchors.bytes
        for (number, snapshot) in snapshots.enumerated() {
            subject.restore(snapshot)
            subject.anchors.bytes = anchor
            tally.count("olderCopies")
            do {
                try subject.reopen()
                tally.fail("snapshot \(number) was opened")
            } catch VaultError.olderCopy { tally.count("refused") } catch { tally.fail("snapshot \(number): \(error)") }
            subject.anchors.bytes = nil
            try subject.reopen()
            if subject.vault.anchorStatus == .new {
                tally.count("saidToBeNew")
            } else {
                tally.fail("snapshot \(number): not said")
            }
        }
    }

    /// Each is either refused or the newest state: nothing that is answered may be older.
    private static func mixtures(_ tally: inout Tally, _ random: inout Seeded, _ options: Options) throws {
        let folder = options.folder("work") + "/mix-\(getpid())"
        let path = "\(folder)/vault.kist"
        mkdir(folder, 0o700)
        defer {
            unlink(path)
            rmdir(folder)
        }
        let subject = try Subject(try SQLiteStore.create(path))
        var files: [[UInt8]] = []
        for number in 0..<40 {
            try subject.vault.put("n\(number % 9)", String(repeating: "v\(number) ", count: 40))
            if number >= 20 { files.append(try File.load(path)) }
        }
        let truth = try Answers(subject.vault)
        let anchor = subject.anchors.bytes
        let newest = try File.load(path)
        subject.vault.lock()
        for number in 0..<200 {
            let old = files[Int.random(in: 0..<files.count - 1, using: &random)]
            var mixed = newest
            let pages = min(old.count, newest.count) / 4_096
            let changed = (0..<pages).filter {
                old[$0 * 4_096..<($0 + 1) * 4_096] != newest[$0 * 4_096..<($0 + 1) * 4_096]
            }
            let picked = changed.filter { _ in Bool.random(using: &random) }
            for page in picked.isEmpty ? Array(changed.prefix(1)) : picked {
                mixed.replaceSubrange(page * 4_096..<(page + 1) * 4_096, with: old[page * 4_096..<(page + 1) * 4_096])
            }
            try File.save(mixed, path)
            subject.anchors.bytes = anchor
            tally.count("mixtures")
            let answers = Result { () throws in
                try subject.reopen()
                let answers = try Answers(subject.vault)
                _ = try subject.vault.verify()
                return answers
            }
            subject.vault.lock()
            switch answers {
            case .failure(let error) where error is VaultError || error is StoreError: tally.count("refused")
            case .failure(let error): tally.fail("mixture \(number): \(error)")
            case .success(let answers) where answers == truth: tally.count("newestAllTheSame")
            case .success: tally.fail("mixture \(number) (seed \(options.seed)) gave an older answer")
            }
        }
    }

    private static func forks(_ tally: inout Tally) throws {
        for number in 0..<50 {
            let subject = try Subject(MemoryStore())
            for step in 0..<number % 10 { try subject.vault.put("shared\(step)", "x") }
            let common = subject.snapshot()
            let commonAnchor = subject.anchors.bytes
            for step in 0...number % 4 { try subject.vault.put("here\(step)", "x") }
            let here = subject.anchors.bytes
            subject.restore(common)
            subject.anchors.bytes = commonAnchor
            try subject.reopen()
            for step in 0...number % 6 { try subject.vault.put("there\(step)", "x") }
            subject.anchors.bytes = here
            tally.count("forks")
            do {
                try subject.reopen()
                tally.fail("fork \(number) was opened")
            } catch VaultError.forked { tally.count("refused") } catch VaultError.olderCopy {
                tally.count("refused")
            } catch {
                tally.fail("fork \(number): \(error)")
            }
        }
    }
}
