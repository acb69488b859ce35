import Glibc
import SecretMemory
import Testing

@testable import KistCLI

@Suite struct EnvironmentBlockTests {
    @Test func twoSourcesForOneVariableAreNamed() {
        var block = EnvironmentBlock()
        _ = failure { () throws(Failure) in
            try block.set("KEY", to: "1", source: "one.api_key", allowingDangerous: false)
        }
        let problem = failure { () throws(Failure) in
            try block.set("KEY", to: "2", source: "two.api_key", allowingDangerous: false)
        }
        #expect(problem?.message == "one.api_key and two.api_key both set KEY")
        #expect(problem?.code == 125)
    }

    @Test func settingWhatAnotherMustNotSeeIsNamed() {
        var block = EnvironmentBlock()
        _ = failure { () throws(Failure) in
            try block.set("KEY", to: "1", source: "one.api_key", allowingDangerous: false)
        }
        let problem = failure { () throws(Failure) in try block.unset("KEY", source: "two") }
        #expect(problem?.message.contains("one.api_key") == true && problem?.message.contains("two") == true)
    }

    /// The kernel's limit includes the name, the '=' and the NUL.
    @Test func theLongestStringFitsAndOneByteMoreIsNamed() throws {
        let room = EnvironmentBlock.longestString - "KEY=".utf8.count - 1
        for (length, fits) in [(room, true), (room + 1, false)] {
            var block = EnvironmentBlock()
            let value = SecretBytes(count: length) { $0.initializeMemory(as: UInt8.self, repeating: 120) }
            let problem = value.withBytes { bytes in
                failure { () throws(Failure) in
                    try block.set("KEY", to: bytes, source: "big.body", allowingDangerous: false)
                }
            }
            #expect((problem == nil) == fits)
            if !fits {
                #expect(problem?.message.contains("big.body") == true)
                #expect(problem?.advice.isEmpty == false)
            }
            guard fits else { continue }
            // The kernel agrees.
            let pid = block.withPointers { variables -> pid_t in
                var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
                var pid: pid_t = 0
                #expect(posix_spawn(&pid, "/bin/true", nil, nil, &arguments, variables) == 0)
                return pid
            }
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            #expect(status == 0)
        }
    }

    @Test func aNulIsRefused() {
        var block = EnvironmentBlock()
        #expect(
            failure { () throws(Failure) in try block.set("KEY", to: "a\0b", source: "x.y", allowingDangerous: false) }
                != nil)
    }

    @Test func valuesComeBackExactly() {
        var block = EnvironmentBlock()
        for (name, value) in [("A", "1"), ("LONGER_NAME", ""), ("B", "a=b\nc")] {
            #expect(
                failure { () throws(Failure) in try block.set(name, to: value, source: name, allowingDangerous: false) }
                    == nil)
        }
        var seen: [String] = []
        block.forEach { name, value in seen.append(name + ":" + String(decoding: value, as: UTF8.self)) }
        #expect(seen == ["A:1", "LONGER_NAME:", "B:a=b\nc"])
    }

    @Test func settingAfterAnotherTookItAwayIsNamed() {
        var block = EnvironmentBlock()
        _ = failure { () throws(Failure) in try block.unset("KEY", source: "two") }
        let problem = failure { () throws(Failure) in
            try block.set("KEY", to: "1", source: "one.api_key", allowingDangerous: false)
        }
        #expect(problem?.message == "one.api_key sets KEY, which two must not see")
    }
}
