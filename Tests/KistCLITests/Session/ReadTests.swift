import KistModel
import Testing

@testable import KistCLI

@Suite struct ReadTests {
    @Test func lengthsOfTime() {
        #expect(Read.duration("90d") == 7_776_000)
        #expect(Read.duration("1d12h") == 129_600)
        #expect(Read.duration("30m") == 1_800)
        for text in ["", "d", "10", "-1h", "1x", "0h", "99999999999999999999d", "1h "] {
            #expect(Read.duration(text) == nil, "\(text)")
        }
    }

    @Test func expiries() throws {
        let now = Timestamp(seconds: 0)
        #expect(try Read.expiry("never", now: now) == .never)
        #expect(try Read.expiry("1970-01-02", now: now) == .at(Timestamp(seconds: 2 * 86_400 - 1)))
        #expect(try Read.expiry("1h", now: now) == .at(Timestamp(seconds: 3_600)))
        #expect(throws: Failure.self) { try Read.expiry("soon", now: now) }
    }

    @Test func lengthsInWords() {
        #expect(Words.length(900) == "15 minutes")
        #expect(Words.length(28_800) == "8 hours")
        #expect(Words.length(5_400) == "1 hour 30 minutes")
        #expect(Words.length(59) == "59 seconds")
        #expect(Words.length(86_400 * 3) == "3 days")
    }

    @Test(arguments: [
        "1000000000000y", "1099511627775y", "9223372036854775807s", "1000y1s", "300000000000s300000000000s",
    ])
    func tooLongLengthsAreNoLengths(_ text: String) { #expect(Read.duration(text) == nil) }

    @Test func farDatesAreSaid() {
        let now = Timestamp("9999-01-01T00:00:00Z")!
        for text in ["1000y", "9999-12-31T23:59:59-23:59", "1970-01-01T00:00:00+23:59"] {
            let problem = failure { () throws(Failure) in _ = try Read.expiry(text, now: now) }
            #expect(problem?.message.contains("9999") == true && problem?.code == ExitCode.usage)
        }
        #expect(throws: Failure.self) { try Read.expiry("1y", now: Timestamp(seconds: .max)) }
    }
}
