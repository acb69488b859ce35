import Glibc
import KistMasking
import KistPosix
import KistProtocol

/// One run of `kist scan`: what was looked at, and what was found where.
struct Scan: ~Copyable {
    /// A line of a file, or of an object of git, that holds a secret.
    struct Found: Hashable {
        var place: String
        var line: Int
        var name: String
        var form: SecretForm
        /// The object of git that it is in.
        var object: String?
    }

    private let secrets: ScanSecrets
    private let printer: Printer
    private let isJSON: Bool
    private var finder: Finder
    private(set) var found: [Found] = []
    private(set) var files = 0
    private(set) var bytes = 0
    /// What could not be looked at, with the reason.
    private(set) var failed: [(place: String, why: String)] = []
    private let began = BootClock.nanoseconds
    private var told = BootClock.nanoseconds

    /// Findings of one run of bytes; more are not told.
    private static let mostInOne = 1_000

    init(_ secrets: ScanSecrets, _ printer: Printer, isJSON: Bool) {
        self.secrets = secrets
        self.printer = printer
        self.isJSON = isJSON
        finder = Finder(secrets.patterns)
    }

    // MARK: Looking

    /// A folder with all beneath it, or one file. Links are not followed.
    ///
    /// - Parameter isGiven: whether the user named it, so that its absence is a failure.
    mutating func tree(_ path: String, isGiven: Bool) {
        // What git packs is not unpacked here: --git reads it.
        var walk = FileWalk(path, skippingFoldersEndingIn: "/.git/objects")
        while let step = walk.next() {
            switch step {
            case .file(let path): file(path)
            case .failed(let path, let code):
                if isGiven || code != ENOENT {
                    failed.append((Self.text(path), String(cString: strerror(code))))
                }
            }
        }
    }

    private static func text(_ path: [CChar]) -> String {
        String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private mutating func file(_ path: [CChar]) {
        let place = Self.text(path)
        let raw = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard raw >= 0 else { return failed.append((place, String(cString: strerror(errno)))) }
        let descriptor = Descriptor(owning: raw)
        files += 1
        finder.reset()
        var places: [Finder.Finding] = []
        var problem: Int32 = 0
        while true {
            let count = finder.take({ if places.count < Self.mostInOne { places.append($0) } }) { target in
                var got = read(raw, target.baseAddress, target.count)
                while got < 0, errno == EINTR { got = read(raw, target.baseAddress, target.count) }
                if got < 0 { problem = errno }
                return max(0, got)
            }
            bytes += count
            progress()
            if count == 0 { break }
        }
        finder.finish { if places.count < Self.mostInOne { places.append($0) } }
        if problem != 0 { failed.append((place, String(cString: strerror(problem)))) }
        guard !places.isEmpty else { return }
        let lines = Self.lines(of: places.map(\.offset), in: descriptor)
        note(places, place, lines, object: nil)
    }

    /// Bytes of an object: all of them, as they come in parts from `next` until it answers with 0.
    mutating func object(
        _ place: String, _ id: String, _ next: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        files += 1
        finder.reset()
        var places: [Finder.Finding] = []
        var ends: [Int] = []
        var offset = 0
        while true {
            let count = try finder.take({ places.append($0) }) { (target) throws(Failure) in
                let count = try next(target)
                for index in 0..<count where target[index] == 10 { ends.append(offset + index) }
                offset += count
                return count
            }
            bytes += count
            progress()
            if count == 0 { break }
        }
        finder.finish { places.append($0) }
        let lines = places.prefix(Self.mostInOne).map { finding in
            ends.partitioningIndex { $0 >= finding.offset } + 1
        }
        note(Array(places.prefix(Self.mostInOne)), place, lines, object: id)
    }

    mutating func fail(_ place: String, _ why: String) { failed.append((place, why)) }

    /// Gives objects of git the paths under which they are known.
    mutating func rename(_ name: (String) -> String?) {
        for index in found.indices {
            if let id = found[index].object, let path = name(id) { found[index].place = path }
        }
    }

    /// Each line once for each secret, however many forms and pieces of it there are.
    private mutating func note(_ places: [Finder.Finding], _ place: String, _ lines: [Int], object: String?) {
        var seen: Set<String> = []
        for (finding, line) in zip(places, lines) {
            let name = secrets.names[finding.label]
            guard seen.insert("\(line) \(name)").inserted else { continue }
            found.append(Found(place: place, line: line, name: name, form: finding.form, object: object))
        }
    }

    /// The lines, counted from 1, in which these offsets lie.
    private static func lines(of offsets: [Int], in file: borrowing Descriptor) -> [Int] {
        var lines: [Int] = []
        var line = 1, at = 0
        lseek(file.raw, 0, SEEK_SET)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var next = 0
        while next < offsets.count {
            let count = read(file.raw, &buffer, buffer.count)
            guard count > 0 else { break }
            for byte in buffer[..<count] {
                while next < offsets.count, offsets[next] <= at {
                    lines.append(line)
                    next += 1
                }
                if byte == 10 { line += 1 }
                at += 1
            }
        }
        while lines.count < offsets.count { lines.append(line) }
        return lines
    }

    private mutating func progress() {
        guard isatty(2) == 1, BootClock.nanoseconds - told > 1_000_000_000 else { return }
        told = BootClock.nanoseconds
        printer.note("\(Words.count(files, "file")), \(Self.size(bytes)) …")
    }

    // MARK: Telling

    /// - Returns: 1 when something was found, 2 when something could not be looked at, else 0.
    func report() -> Int32 {
        if isJSON { reportJSON() } else { reportLines() }
        return found.isEmpty ? failed.isEmpty ? ExitCode.done : ExitCode.unknown : ExitCode.refused
    }

    private func reportLines() {
        var table = Table([.init("WHERE"), .init("SECRET"), .init("WRITTEN")])
        for entry in found {
            let place = entry.object.map { "\(entry.place) (\($0.prefix(12)))" } ?? entry.place
            let written = entry.form == .plain ? "as it is" : "as \(entry.form)"
            table.add([Phrase("\(place):\(entry.line)"), Phrase(entry.name), .quiet(written)])
        }
        if !table.isEmpty { for line in table.lines(width: nil) { printer.line(line) } }
        for (place, why) in failed { printer.note("not looked at: \(place): \(why)") }
        let seconds = Double(BootClock.nanoseconds - began) / 1e9
        let looked = "\(Words.count(files, "file")), \(Self.size(bytes)), \(Self.tenths(seconds)) s"
        guard !found.isEmpty else {
            return printer.line(
                .good("✓"), Phrase(" None of \(Words.count(secrets.names.count, "secret")) found.  "), .quiet(looked))
        }
        let places = Set(found.map { $0.object ?? $0.place }).count
        printer.line("")
        printer.line(
            .bad("✗"), Phrase(" \(Words.count(found.count, "line")) in \(Words.count(places, "file")).  "),
            .quiet(looked))
        printer.line("  Take them out. What others could have read is no secret any more:")
        printer.line("  make a new key at its platform, then:  kist edit NAME")
    }

    private func reportJSON() {
        printer.json([
            "found": .array(
                found.map { entry in
                    [
                        "path": .string(entry.place), "line": .integer(Int64(entry.line)),
                        "secret": .string(entry.name), "form": .string("\(entry.form)"),
                        "object": entry.object.map { .string($0) },
                    ]
                }),
            "failed": .array(failed.map { ["path": .string($0.place), "why": .string($0.why)] }),
            "secrets": .integer(Int64(secrets.names.count)), "files": .integer(Int64(files)),
            "bytes": .integer(Int64(bytes)),
        ])
    }

    private static func size(_ bytes: Int) -> String {
        bytes < 10_000_000 ? "\(bytes / 1_000) kB" : "\(bytes / 1_000_000) MB"
    }

    private static func tenths(_ seconds: Double) -> String { "\(Int(seconds * 10) / 10).\(Int(seconds * 10) % 10)" }
}

extension [Int] {
    /// The first index at which `isBehind` holds; it holds from there on.
    fileprivate func partitioningIndex(_ isBehind: (Int) -> Bool) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
