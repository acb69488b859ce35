import Glibc
import KistModel
import Testing

@Suite("Moments")
struct TimestampTests {
    @Test(
        "known moments",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:30:15Z", 951_827_415), ("2026-11-20T00:00:00Z", 1_795_132_800),
            ("2027-02-18T23:59:59Z", 1_802_995_199), ("9999-12-31T23:59:59Z", 253_402_300_799),
        ])
    func known(_ text: String, _ seconds: Int64) {
        #expect(Timestamp(text)?.seconds == seconds)
        #expect(Timestamp(seconds: seconds).description == text)
    }

    @Test("a date alone means the end of that day, and zones are applied")
    func forms() {
        #expect(Timestamp("2027-02-18")?.description == "2027-02-18T23:59:59Z")
        #expect(Timestamp("2027-02-18T02:00:00+02:00")?.description == "2027-02-18T00:00:00Z")
        #expect(Timestamp("2027-02-17T22:00:00.123-02:00")?.description == "2027-02-18T00:00:00Z")
    }

    @Test(
        "what is not a moment is refused",
        arguments: [
            "", "2027", "2027-13-01", "2027-02-29", "2027-00-10", "2027-01-00", "2027-1-1", "1969-12-31",
            "2027-01-01T24:00:00Z",
            "2027-01-01T00:00:00", "2027-01-01T00:60:00Z", "2027-01-01T00:00:00+2", "2027-01-01T00:00:00.Z",
            "2027-01-01x",
            "２０２７-01-01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:59-23:59", "1970-01-01T00:00:00+00:01",
            "1970-01-01T00:00:00+23:59",
        ])
    func refused(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("the ends of time are reached with a zone, and no number traps")
    func ends() {
        #expect(Timestamp("9999-12-31T23:59:58+00:00")?.seconds == 253_402_300_798)
        #expect(Timestamp("9999-12-31T22:59:59-01:00")?.seconds == Timestamp.writable.upperBound)
        #expect(Timestamp("1970-01-01T01:00:00+01:00")?.seconds == 0)
        for seconds in [Int64.min, .min + 1, -1, 0, .max] {
            let moment = Timestamp(seconds: seconds)
            #expect(!moment.description.isEmpty && moment.isWritable == (seconds == 0))
            for now in [Int64.min, -1, 0, .max] {
                #expect(!Expiry.at(moment).inWords(at: Timestamp(seconds: now)).isEmpty)
            }
        }
        #expect(Timestamp(seconds: -1).description == "1969-12-31T23:59:59Z")
    }

    @Test("every day of 200 years agrees with the C library")
    func agrees() {
        var checked = 0
        for day in stride(from: Int64(0), to: 73_049, by: 1) {
            var clock = time_t(day * 86_400 + 3_661)
            var parts = tm()
            gmtime_r(&clock, &parts)
            let text = Timestamp(seconds: Int64(clock)).description
            #expect(text.hasPrefix("\(parts.tm_year + 1900)-"))
            #expect(Timestamp(text)?.seconds == Int64(clock))
            let month = Int(text.dropFirst(5).prefix(2))
            let dayOfMonth = Int(text.dropFirst(8).prefix(2))
            if month != Int(parts.tm_mon) + 1 || dayOfMonth != Int(parts.tm_mday) { Issue.record("\(text)") }
            checked += 1
        }
        #expect(checked == 73_049)
    }
}

@Suite("Expiry")
struct ExpiryTests {
    let now = Timestamp(seconds: 1_000_000)

    static let spans: [(Int64, String)] = [
        (3_542_410, "in 41 days"), (172_800, "in 2 days"), (86_400, "in 24 hours"), (7_200, "in 2 hours"),
        (150, "in 2 minutes"), (1, "in 1 second"), (0, "expired 1 second ago"), (-259_200, "expired 3 days ago"),
    ]

    @Test("in words", arguments: spans)
    func words(_ away: Int64, _ words: String) {
        #expect(Expiry.at(Timestamp(seconds: now.seconds + away)).inWords(at: now) == words)
    }

    @Test("the end itself is past, a second before is not, and never is never")
    func past() {
        #expect(Expiry.at(now).isPast(at: now))
        #expect(!Expiry.at(Timestamp(seconds: now.seconds + 1)).isPast(at: now))
        #expect(!Expiry.never.isPast(at: Timestamp(seconds: .max)))
        #expect(Expiry.never.inWords(at: now) == "never")
    }
}
