import Glibc
import KistMasking
import SecretMemory

/// How fast secrets are found in a stream: `vault-bench masking [MiB]`. One line of JSON, MB/s of [wall, processor], the best
/// of five rounds over lines of a log, without and with secrets in them, and over base64.
enum MaskingBench {
    static func run(_ mebibytes: Int) {
        var parts: [String] = []
        for (name, secrets) in [("mask50", 50), ("scan1000", 1_000)] {
            let (set, values) = patterns(secrets)
            let texts = [
                ("log", log(mebibytes << 20, [])), ("busy", log(mebibytes << 20, values)),
                ("base64", base64(mebibytes << 20)),
            ]
            for (kind, text) in texts {
                var best = Best()
                for _ in 0..<5 {
                    if secrets == 50 { best.run { mask(text, set, secrets) } } else { best.run { scan(text, set) } }
                }
                parts.append(
                    "\"\(name)-\(kind)\":[\(text.count / max(1, best.wall)),\(text.count / max(1, best.cpu))]")
            }
            parts.append("\"\(name)-patterns\":\(set.count)")
        }
        print("{" + parts.joined(separator: ",") + "}")
    }

    private static func patterns(_ count: Int) -> (PatternSet, [[UInt8]]) {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-%:".utf8)
        var list = PatternList()
        let values = (0..<count).map { _ in (0..<40).map { _ in alphabet.randomElement()! } }
        for (label, value) in values.enumerated() {
            list.add(SecretBytes(copyingExposed: value), label: label)
        }
        return (PatternSet(list), values)
    }

    /// Lines of about a hundred bytes; where there are secrets, one in a hundred lines.
    private static func log(_ count: Int, _ secrets: [[UInt8]]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(count + 200)
        var line = 0
        while text.count < count {
            line += 1
            text += Array(
                "2026-11-21T14:00:\(10 + line % 50) INFO worker-\(line % 16) request \(line &* 2_654_435_761) took \(line % 977) ms, path=/api/v1/predict\n"
                    .utf8)
            if line % 100 == 0, let secret = secrets.randomElement() { text += secret }
        }
        return text
    }

    private static func base64(_ count: Int) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var state: UInt64 = 0x9E37_79B9
        return (0..<count).map { index in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return index % 77 == 76 ? 10 : alphabet[Int(state >> 58)]
        }
    }

    private static func mask(_ text: [UInt8], _ set: PatternSet, _ labels: Int) {
        var mask = Mask(set, labels: (0..<labels).map { "‹secret.\($0)›" })
        var output: [UInt8] = []
        text.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: 65_536) {
                output.removeAll(keepingCapacity: true)
                mask.feed(
                    UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + 65_536, bytes.count)]), into: &output)
            }
        }
        mask.finish(into: &output)
    }

    private static func scan(_ text: [UInt8], _ set: PatternSet) {
        var finder = Finder(set)
        var found = 0
        text.withUnsafeBytes { finder.take($0) { _ in found += 1 } }
        finder.finish { _ in found += 1 }
    }
}
