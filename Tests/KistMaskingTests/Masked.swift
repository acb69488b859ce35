import SecretMemory

@testable import KistMasking

enum Masked {
    /// `text` in one piece.
    static func whole(_ text: String, _ set: PatternSet) -> String { pieces([Array(text.utf8)], set) }

    static func pieces(_ pieces: [[UInt8]], _ set: PatternSet, labels: Int = 64) -> String {
        var mask = Mask(set, labels: (0..<labels).map { "‹\($0)›" })
        var output: [UInt8] = []
        for piece in pieces { piece.withUnsafeBytes { mask.feed($0, into: &output) } }
        mask.finish(into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// Base64 in the plainest way, as a second opinion.
    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var number = 0
            for index in 0..<3 { number = number << 8 | Int(group.count > index ? bytes[start + index] : 0) }
            for index in 0..<4 {
                text.append(index <= group.count ? alphabet[number >> (18 - 6 * index) & 63] : "=")
            }
        }
        return text
    }
}

extension PatternSet {
    static func of(_ secrets: [String]) -> PatternSet {
        var list = PatternList()
        for (label, secret) in secrets.enumerated() {
            list.add(SecretBytes(copyingExposed: Array(secret.utf8)), label: label)
        }
        return PatternSet(list)
    }
}
