import Glibc
import Testing

/// One vector: a block of `key: value` lines.
struct Vector {
    let file: String
    let line: Int
    var fields: [String: String] = [:]

    var expect: String { fields["expect"] ?? "" }

    func text(_ key: String) throws -> String { try #require(fields[key], "\(self): no \(key)") }

    func bytes(_ key: String) throws -> [UInt8] { try #require(Self.hex(try text(key)), "\(self): \(key) is no hex") }

    func number(_ key: String) throws -> Int { try #require(Int(try text(key))) }

    static func hex(_ text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.map { UInt8($0) }
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        func value(_ digit: UInt8) -> UInt8? {
            switch digit {
            case 48...57: digit - 48
            case 97...102: digit - 87
            default: nil
            }
        }
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}

extension Vector: CustomStringConvertible {
    var description: String { "\(file):\(line) \(fields["op"] ?? "") \(fields["note"] ?? "")" }
}

enum VectorFile {
    /// The vectors of one file of `Tests/Vectors`.
    static func load(_ name: String) throws -> [Vector] {
        let tests = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let file = try #require(fopen("/\(tests)/Vectors/\(name).txt", "re"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        var vectors: [Vector] = []
        var current = Vector(file: name, line: 1)
        for (number, line) in String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        {
            if line.isEmpty {
                if !current.fields.isEmpty { vectors.append(current) }
                current = Vector(file: name, line: number + 2)
            } else if !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") {
                current.fields[String(line[..<colon])] = String(line[line.index(after: colon)...].dropFirst())
            }
        }
        return vectors
    }
}
