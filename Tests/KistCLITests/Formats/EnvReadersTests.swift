import Glibc
import SecretMemory
import Testing

@testable import KistCLI

/// B17: what `kist env` writes comes back to the byte from the format's own reader, or is refused. `KIST_EXPORT_VALUES` is how
/// many values each reader gets (the long form has 100,000).
@Suite struct EnvReadersTests {
    private static let count = getenv("KIST_EXPORT_VALUES").flatMap { Int(String(cString: $0)) } ?? 2_000

    /// Values of one file. Some readers look through all names at each line: 100,000 in one file would take them a day.
    private static let batch = 2_000

    private static let pieces: [[UInt8]] =
        [
            "'", "\"", "\\", "$", "`", "!", "{", "}", "(", ")", "&", "|", ";", "<", ">", "*", "?", "~", "#", " ", "\n",
            "\t",
            "=", "%", "${", "$(", "<<", "EOF", "KIST_END", "\\n", "\\\n", "'\\''", "\\'", "%s", "-n", "\r", "\u{7F}",
            "\u{1B}[31m", "ü", "✓", "\u{2028}", "\u{FEFF}", "\u{F601}", "\u{F700}", "𝕂", "\u{1}",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0]]

    /// Mostly marks that mean something to somebody; some plain text, some bytes.
    private static func value(_ random: inout Generator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            switch Int.random(in: 0..<8, using: &random) {
            case 0...4: bytes += pieces.dropLast(4).randomElement(using: &random)!
            case 5: bytes += (0..<8).map { _ in UInt8.random(in: 0x20...0x7E, using: &random) }
            case 6 where Int.random(in: 0..<6, using: &random) == 0: bytes += pieces.randomElement(using: &random)!
            default: bytes += Array("word".utf8)
            }
        }
        return bytes
    }

    @Test(arguments: [
        (EnvFormat.shell, "sh"), (.shell, "bash"), (.shell, "zsh"), (.fish, "fish"), (.systemd, "systemd"),
        (.github, "github"), (.json, "json"),
    ])
    func everyValueComesBackOrIsRefused(_ format: EnvFormat, _ reader: String) throws {
        var random = Generator(state: 17)
        var refused = 0
        for start in stride(from: 0, to: Self.count, by: Self.batch) {
            try Self.read(min(Self.batch, Self.count - start), format, reader, &random, &refused)
        }
        // Refusing is no way out: nearly all of it is written.
        #expect(Self.count > 0 && refused * 4 < Self.count, "\(refused) refused")
    }

    /// One file of values, written and read.
    private static func read(
        _ count: Int, _ format: EnvFormat, _ reader: String, _ random: inout Generator, _ refused: inout Int
    ) throws {
        var text = SecretBuffer(capacity: 1 << 16)
        var meant = SecretBuffer(capacity: 1 << 16)
        var written = 0
        while written < count {
            let value = Self.value(&random)
            let name = "V\(written)"
            guard value.withUnsafeBytes({ format.obstacle(name, $0) }) == nil else {
                refused += 1
                continue
            }
            value.withUnsafeBytes { format.append(name, $0, isFirst: written == 0, to: &text) }
            for shift in [24, 16, 8, 0] { meant.append(UInt8(truncatingIfNeeded: value.count >> shift)) }
            value.withUnsafeBytes { meant.append($0) }
            written += 1
        }
        format.end(isEmpty: false, &text)
        let folder = try TemporaryFolder()
        try PrivateFile.write(text.finish(), to: "\(folder.path)/file")
        try PrivateFile.write(meant.finish(), to: "\(folder.path)/meant")
        let script = #filePath.replacing("EnvReadersTests.swift", with: "readers.py")
        let command =
            "python3 '\(script)' \(reader) '\(folder.path)/file' '\(folder.path)/meant' >'\(folder.path)/said' 2>&1"
        let code = system(command)
        let said = try SecretReader.readFile("\(folder.path)/said", what: "it")
        let words = said.withBytes { String(decoding: $0, as: UTF8.self) }
        #expect(code == 0, "\(words)")
        #expect(words.hasSuffix("\(count) values, 0 otherwise\n"))
    }
}
