import Glibc
import KistPlatforms
import KistPosix
import KistTestKit
import SecretMemory
import Testing

@testable import KistCLI

/// A courier that is missing, broken, silent or strange is never a verdict on a credential.
@Suite struct CourierExchangeTests {
    func check(_ program: String, patience: Int = 5_000, secret: String = "demo:secret") throws
        -> CourierExchange.Report
    {
        let kumo = try PlatformCatalog(userFolder: nil).load("kumo")
        let exchange = CourierExchange(program: program, environment: [], patience: patience)
        return exchange.check(
            kumo, variant: nil, name: "kumo", plain: ["url": "http://127.0.0.1:1/api"], secrets: ["api_key"]
        ) { field, use in
            guard field == "api_key" else { return false }
            var secret = secret
            secret.withUTF8 { use(UnsafeRawBufferPointer($0)) }
            return true
        }
    }

    @Test func theRealOneAnswers() throws {
        let own = try Process.executable()
        let report = try check(own[..<own.lastIndex(of: "/")!] + "/kist-courier")
        #expect(report.verdict == .unknown)
        #expect(report.why == "nobody answers at 127.0.0.1")
    }

    @Test func missing() throws {
        let report = try check("/nonexistent/kist-courier")
        #expect(report.verdict == .unknown && report.why?.contains("No such file") == true)
    }

    @Test func endsAtOnce() throws {
        #expect(try check("/bin/true").why == "kist-courier did not answer")
        #expect(try check("/bin/false").verdict == .unknown)
    }

    /// `cat` cannot write to its standard output, which is /dev/null, and so says nothing.
    @Test func saysNothing() throws {
        #expect(try check("/bin/cat", patience: 300).why == "kist-courier did not answer")
    }

    @Test func tooLarge() throws {
        let report = try check("/bin/true", secret: String(repeating: "x", count: 1 << 20 + 1))
        #expect(report.why == "the credential is too large for a check")
    }

    /// Nothing of Kist's own descriptors or environment is inherited.
    @Test func aChildGetsItsSocketOnly() throws {
        var pair = try UnixSocket.makePair()
        var extra: [Int32] = [0, 0]
        #expect(pipe(&extra) == 0)
        defer { extra.forEach { close($0) } }
        let folder = try TemporaryFolder()
        let script = folder.path + "/child"
        try makeScript(script, "#!/bin/sh\n{ ls /proc/$$/fd; tr '\\0' '\\n' < /proc/$$/environ; } >&0\n")
        let child = try ChildProcess(script, environment: ["ONLY=1"], input: pair.other)
        pair.other = Descriptor(owning: -1)
        var text = ""
        var part = [UInt8](repeating: 0, count: 4_096)
        while let count = try? part.withUnsafeMutableBytes({ try pair.one.read(into: $0) }), count > 0 {
            text += String(decoding: part[..<count], as: UTF8.self)
        }
        _ = child.id
        // 10 and up are the shell's own: its script.
        #expect(
            text.split(separator: "\n").filter { $0.count > 2 || Int($0).map { $0 < 10 } ?? true } == [
                "0", "1", "2", "ONLY=1",
            ])
    }
}
