import KistModel
import Testing

@testable import KistCLI

@Suite struct DeliveriesTests {
    private static func read(_ words: [String]) -> Result<Deliveries, Failure> {
        Result { () throws(Failure) in try Deliveries(words) }
    }

    @Test func fieldsGoBeforeTheRest() throws {
        let (name, key) = (try CredentialName("kumo"), try FieldName("api_key"))
        #expect(Deliveries().isPlain && Deliveries().delivery(name, key) == .env)
        let some = try Self.read(["file", "kumo.api_key=env"]).get()
        let other = try FieldName("other")
        #expect(some.delivery(name, key) == .env && some.delivery(name, other) == .file)
        #expect(!some.isPlain)
        let plain = try Self.read(["env", "kumo.api_key=env"]).get()
        #expect(plain.isPlain)
    }

    @Test func mistakesAreRefusedAndNotRepeated() {
        let wrong = [
            ["socket"], ["kumo.api_key=socket"], ["kumo=file"], ["=file"], [".=file"], ["kumo.=file"], ["a.b.c=file"],
            ["kumo.api_key="], [""], ["stdin"], ["file", "fd"], ["kumo.a=fd", "kumo.a=fd"],
            ["kumo.a=stdin", "kumo.b=stdin"], ["kumo.api_key=demo:s3cret"],
        ]
        for words in wrong {
            guard case .failure(let failure) = Self.read(words) else {
                Issue.record("\(words) was taken")
                continue
            }
            #expect(failure.code == ExitCode.usage)
            #expect(!failure.message.contains("s3cret") && !failure.advice.joined().contains("s3cret"))
        }
    }

    /// Two profiles may both have `kumo.api_key`; which of them a path means must not be a guess.
    @Test func oneNameOfTwoProfilesIsRefused() throws {
        let (work, home) = (try ProfileName("work"), try ProfileName("home"))
        let (kumo, other) = (try CredentialName("kumo"), try CredentialName("other"))
        let key = try FieldName("api_key")
        let some = try Self.read(["kumo.api_key=fd"]).get()
        let all = try Self.read(["file"]).get()
        #expect(some.ambiguous([(work, kumo, [key]), (home, kumo, [key])]) == "kumo.api_key")
        #expect(all.ambiguous([(work, kumo, [key]), (home, kumo, [])]) == "kumo.api_key")
        #expect(some.ambiguous([(work, kumo, [key]), (work, kumo, [key]), (home, other, [key])]) == nil)
        #expect(some.ambiguous([(work, other, [key]), (home, other, [key])]) == nil)
    }

    @Test func signalsHaveNames() throws {
        let numbers = try ["HUP", "SIGHUP", "sigusr1"].map { (name) throws(Failure) in
            try WatchAction.signal(named: name)
        }
        #expect(numbers == [1, 1, 10])
        for name in ["", "KILL", "STOP", "9", "SIG"] {
            #expect(throws: Failure.self) { try WatchAction.signal(named: name) }
        }
    }
}
