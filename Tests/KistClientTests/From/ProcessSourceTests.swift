import Glibc
import KistPosix
import KistTestKit
import Testing

@testable import KistClient

/// `.process` with scripts in the place of a program.
@Suite struct ProcessSourceTests {
    private let folder = TemporaryFolder()

    private func script(_ lines: String, deadline: Duration = .seconds(600)) throws -> ProcessSource {
        let path = folder.path + "/answer"
        try makeScript(path, "#!/bin/sh\n" + lines + "\n")
        return ProcessSource(path, arguments: ["-x", "y"], deadline: deadline)
    }

    private static func reason(_ source: ProcessSource, _ name: String = "kumo") async -> CredentialError.Reason? {
        do throws(CredentialError) {
            _ = try await source.credential(for: CredentialRequest(name))
            return nil
        } catch { return error.reason }
    }

    @Test func itAsksOneLineAndTakesOne() async throws {
        let source = try script(
            #"""
            read -r line; printf "%s\n" "$line" >"$0.asked"; echo "$@" >"$0.arguments"
            printf '%s\n' '{"id":1,"profile":"prod","credential":"kumo","platform":"kumo","expires":"2127-01-01","secret":["api_key","pem","odd"],"fields":{"url":"https://a.example/api","api_key":"demo:s3cr3t","pem":"a\nb","odd":"/wA="},"base64":["odd"],"later":{"x":[1]}}'
            echo more
            """#)
        let found = try await source.require(CredentialRequest("kumo", profile: "prod", reason: "a \"test\""))
        #expect(found.secret("api_key")?.reveal() == "demo:s3cr3t")
        #expect(found.secret("pem")?.reveal() == "a\nb")
        #expect(found.secret("odd")?.withBytes { Array($0) } == [0xFF, 0])
        #expect(found.plain("url") == "https://a.example/api")
        #expect(found.expires?.description == "2127-01-01T23:59:59Z")
        let asked = try File.read(folder.path + "/answer.asked", most: 1_000)
        #expect(
            String(decoding: asked, as: UTF8.self)
                == #"{"id":1,"credential":"kumo","profile":"prod","reason":"a \"test\""}"# + "\n")
        #expect(try File.read(folder.path + "/answer.arguments", most: 100) == Array("-x y\n".utf8))
    }

    @Test func notFoundGoesOnAndOtherErrorsStop() async throws {
        let absent = try script(#"echo '{"error":{"kind":"notFound","message":"no"}}'"#)
        #expect(try await absent.credential(for: "kumo") == nil)
        let locked = try script(#"echo '{"error":{"kind":"locked","message":"no","advice":[]}}'"#)
        #expect(await Self.reason(locked) == .locked)
    }

    @Test func theWordsOfTheProgramAreNotRepeated() async throws {
        for kind in ["locked", "notOpened", "invalid", "expired", "refused", "failed", "canary"] {
            let source = try script("echo '{\"error\":{\"kind\":\"\(kind)\",\"message\":\"canary\"}}'")
            do throws(CredentialError) {
                _ = try await source.credential(for: "kumo")
                Issue.record("answered: \(kind)")
            } catch {
                #expect(!"\(error)".contains("canary"))
            }
        }
    }

    /// The name alone does not say which credential it is.
    @Test func anAnswerForAnotherProfileIsRefused() async throws {
        let request = CredentialRequest("kumo", profile: "prod")
        for profile in ["", #""profile":"test","#, #""profile":"","#] {
            let source = try script(
                "echo '{\(profile)\"credential\":\"kumo\",\"platform\":\"kumo\",\"secret\":[],\"fields\":{}}'")
            await #expect {
                try await source.credential(for: request)
            } throws: { ($0 as? CredentialError)?.reason == .damaged }
            // Whoever named none takes the one that the program has for such requests.
            if profile != #""profile":"","# { #expect(try await source.credential(for: "kumo") != nil) }
        }
    }

    @Test func answersThatAreNoneAreRefused() async throws {
        let cases: [(String, CredentialError.Reason)] = [
            ("true", .unavailable), ("exit 3", .unavailable), ("echo hello", .damaged), ("printf canary", .unavailable),
            (#"echo '{"credential":"other","platform":"kumo","secret":[],"fields":{}}'"#, .damaged),
            (
                #"echo '{"credential":"kumo","platform":"kumo","expires":"2020-01-01","secret":[],"fields":{}}'"#,
                .expired
            ),
            ("head -c 3000000 /dev/zero", .unavailable), ("echo '\u{1B}canary'", .damaged),
            (#"echo '{"credential":"kumo","platform":"kumo","fields":{"api_key":"x"}}'"#, .damaged),
            (
                #"echo '{"credential":"kumo","platform":"kumo","secret":["k"],"fields":{"k":"a\u001bcanary"}}'"#,
                .damaged
            ),
            (#"echo '{"credential":"kumo","platform":"kumo","secret":[],"fields":{"k":1}}'"#, .damaged),
        ]
        for (lines, reason) in cases {
            let source = try script(lines)
            do throws(CredentialError) {
                _ = try await source.credential(for: "kumo")
                Issue.record("answered: \(lines)")
            } catch {
                #expect(error.reason == reason, "\(lines)")
                #expect(!"\(error)".contains("canary"))
            }
        }
    }

    @Test func aProgramThatIsNotThereIsSaid() async {
        #expect(await Self.reason(ProcessSource(folder.path + "/none")) == .unavailable)
        #expect(await Self.reason(ProcessSource("kist")) == .invalid)
        #expect(await Self.reason(ProcessSource("/bin/true"), "no/name") == .invalid)
    }

    /// A program that hangs is ended with the wait for it.
    @Test func deadlineAndCancellingEndTheProgram() async throws {
        let slow = try script("echo $$ >\"$0.pid\"; exec sleep 1000", deadline: .milliseconds(300))
        #expect(await Self.reason(slow) == .timeout)
        #expect(await inTime { !isAlive() })

        try Folder.removeFile(folder.path + "/answer.pid")
        let patient = try script("echo $$ >\"$0.pid\"; exec sleep 1000")
        let task = Task { try await patient.credential(for: "kumo") }
        #expect(await inTime { pid() != nil })
        task.cancel()
        await #expect {
            try await task.value
        } throws: { ($0 as? CredentialError)?.reason == .cancelled }
        #expect(await inTime { !isAlive() })
    }

    private func pid() -> Int32? {
        guard let bytes = try? File.read(folder.path + "/answer.pid", most: 20) else { return nil }
        return Int32(String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self))
    }

    private func isAlive() -> Bool { pid().map { kill($0, 0) == 0 } ?? false }
}
