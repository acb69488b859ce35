import Glibc
import SecretMemory
import Testing

@testable import KistCLI

@Suite struct EnvFormatTests {
    private func text(_ format: EnvFormat, _ values: [[UInt8]]) -> SecretBytes {
        var text = SecretBuffer()
        for (index, value) in values.enumerated() {
            value.withUnsafeBytes { format.append("V\(index)", $0, isFirst: index == 0, to: &text) }
        }
        format.end(isEmpty: values.isEmpty, &text)
        return text.finish()
    }

    private func randomValue(_ random: inout Generator) -> [UInt8] {
        let nasty = Array("'\"\\$`!{}()&|;<>*?~# \n\t\r=%".utf8)
        return (0..<Int.random(in: 0...24, using: &random)).map { _ in
            Bool.random(using: &random)
                ? nasty.randomElement(using: &random)! : UInt8.random(in: 0x21...0x7E, using: &random)
        }
    }

    /// sh reads back what was written, byte for byte.
    @Test func aShellReadsTheSameBytes() throws {
        var random = Generator(state: 5)
        let values = (0..<500).map { _ in randomValue(&random) }
        let folder = try TemporaryFolder()
        let script = text(.shell, values).withBytes { String(decoding: $0, as: UTF8.self) }
        let print = values.indices.map { "printf '%s\\0' \"$V\($0)\"\n" }.joined()
        try folder.write("script", script + print)
        #expect(system("sh \(folder.path)/script > \(folder.path)/out") == 0)
        var expected: [UInt8] = []
        for value in values { expected += value + [0] }
        let got = try SecretReader.readFile(folder.path + "/out", what: "it")
        #expect(got.withBytes { $0.elementsEqual(expected) })
    }

    @Test func jsonReadsBack() throws {
        var random = Generator(state: 6)
        let values = (0..<2_000).map { _ in randomValue(&random) } + [[1, 2, 0x1F, 0x7F]]
        var seen: [[UInt8]] = []
        let problem = text(.json, values).withBytes { bytes in
            failure { () throws(Failure) in
                try SecretJSON.readObject(bytes, what: "json") { _, value in seen.append(Array(value)) }
            }
        }
        #expect(problem == nil)
        #expect(seen == values)
    }

    @Test func whatAReaderWouldChangeIsRefused() {
        func obstacle(_ format: EnvFormat, _ value: String, name: String = "NAME") -> String? {
            var value = value
            return value.withUTF8 { format.obstacle(name, UnsafeRawBufferPointer($0)) }
        }
        #expect(obstacle(.dotenv, "a${HOME}b") != nil)
        #expect(obstacle(.dotenv, "a\rb") != nil)
        #expect(obstacle(.dotenv, "a$HOME'b\n") == nil)
        #expect(obstacle(.docker, "a\nb") != nil)
        #expect(obstacle(.shell, "x", name: "MY-KEY") != nil)
        #expect(obstacle(.shell, "x\0") != nil)
        for format in EnvFormat.allCases { #expect(obstacle(format, "plain value") == nil) }
    }
}
