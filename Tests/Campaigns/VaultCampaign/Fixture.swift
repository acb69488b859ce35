import Glibc
import KistCrypto
import KistModel
import KistVault
import SecretMemory
import StoreSQLite

/// A vault file of exactly 64 KiB with what is needed to open it, made once and then bent in every part of a campaign.
struct Fixture {
    let clean: [UInt8]
    let anchor: [UInt8]
    let door: Door
    let truth: Answers
    /// Where the bent copy lies.
    let path: String
    private let anchors = Anchors()

    static let size = 65_536

    static func make(_ options: Options) throws -> Tally {
        let folder = options.folder("fixture")
        let path = "\(folder)/vault.kist"
        var random = Seeded(state: options.seed)
        for _ in 0..<200 {
            unlink(path)
            let subject = try Subject(try SQLiteStore.create(path))
            defer { subject.vault.lock() }
            var number = 0
            while try File.load(path).count < size {
                // Every third write is another revision, so that older rows are there too.
                let length = Int.random(in: 100...1_200, using: &random)
                let name = "n\(number % 3 == 2 ? number / 2 : number)"
                try subject.vault.put(name, String(repeating: "v\(number) ", count: length / 4))
                number += 1
            }
            guard try File.load(path).count == size else { continue }
            try File.save(subject.anchors.bytes ?? [], "\(folder)/anchor")
            try File.save(subject.door.challenge.slot + subject.door.challenge.salt + subject.door.kek, "\(folder)/key")
            var tally = Tally()
            tally.count("bytes", size)
            tally.count("revisions", number)
            return tally
        }
        throw Broken("no file of 64 KiB came about")
    }

    /// The door that `make` wrote beside the file.
    static func door(_ folder: String) throws -> Door {
        let key = try File.load("\(folder)/key")
        return Door(
            challenge: SlotChallenge(slot: Array(key[..<8]), salt: Array(key[8..<24]), cost: .floor),
            kek: Array(key[24...]))
    }

    init(_ options: Options, clean given: [UInt8]? = nil) throws {
        let folder = options.folder("fixture")
        clean = try given ?? File.load("\(folder)/vault.kist")
        anchor = try File.load("\(folder)/anchor")
        door = try Self.door(folder)
        let work = options.folder("work") + "/bent-\(getpid())"
        mkdir(work, 0o700)
        path = "\(work)/vault.kist"
        try File.save(clean, path)
        anchors.bytes = anchor
        truth = try Fixture.answers(path, anchors, door)
        guard truth.overviews.count > 5 else { throw Broken("the control: the clean file does not answer") }
    }

    /// Opens what lies at the path now, as a new process would, and asks everything.
    func answers() throws -> Answers {
        anchors.bytes = anchor
        return try Fixture.answers(path, anchors, door)
    }

    private static func answers(_ path: String, _ anchors: Anchors, _ door: Door) throws -> Answers {
        let vault = try Vault.open(try SQLiteStore.open(path), anchors: anchors)
        defer { vault.lock() }
        try vault.unlock(with: door.key(), now: Timestamp(seconds: 1_790_000_000))
        let answers = try Answers(vault)
        _ = try vault.verify()
        return answers
    }

    func remove() {
        unlink(path)
        unlink("\(path)-journal")
        rmdir(String(path.dropLast("/vault.kist".utf8.count)))
    }
}

struct Broken: Error {
    let text: String
    init(_ text: String) { self.text = text }
}

/// Whole files; only while no connection has them open.
enum File {
    static func load(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "re") else { throw Broken("\(path) cannot be read") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// In place, so that the file stays the same file.
    static func save(_ bytes: [UInt8], _ path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(file) }
        guard file >= 0, write(file, bytes, bytes.count) == bytes.count else {
            throw Broken("\(path) cannot be written")
        }
    }

    /// One byte in place.
    static func poke(_ byte: UInt8, at offset: Int, of path: String) throws {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        defer { close(file) }
        var byte = byte
        guard file >= 0, pwrite(file, &byte, 1, offset) == 1 else { throw Broken("\(path) cannot be written") }
    }
}
