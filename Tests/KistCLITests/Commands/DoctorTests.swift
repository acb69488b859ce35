import KistProtocol
import Testing

@testable import KistCLI

/// What the doctor makes of an agent's facts: nothing that the kernel did not give is called good.
@Suite struct DoctorTests {
    private func facts(
        files: String = "confined", level: Int64 = 7, calls: Bool = true, threads: Int64 = 1, locked: Bool = true,
        dumpable: Bool = false
    ) -> JSONValue {
        [
            "memory": ["locked": .bool(locked), "limit": 65_536], "dumpable": .bool(dumpable),
            "sandbox": [
                "landlock": .integer(level), "files": .string(files), "calls": .bool(calls),
                "threads": .integer(threads),
            ],
        ]
    }

    private func levels(_ facts: JSONValue) -> [Doctor.Finding.Level] { Doctor.kernel(facts).map(\.level) }

    @Test func whatHoldsIsGood() {
        #expect(levels(facts()) == [.good, .good, .good])
        #expect(levels(facts(files: "wide")) == [.good, .good, .good])
        #expect(Doctor.kernel(facts())[1].what.contains("level 7"))
    }

    @Test func whatDoesNotHoldIsSaid() {
        #expect(levels(facts(locked: false)) == [.bad, .good, .good])
        #expect(levels(facts(dumpable: true)) == [.good, .bad, .good, .good])
        #expect(levels(facts(files: "open", level: 0)) == [.good, .note, .good])
        #expect(levels(facts(files: "open")) == [.good, .note, .good])
        #expect(levels(facts(calls: false)) == [.good, .good, .bad])
        #expect(levels(facts(threads: 3)) == [.good, .good, .good, .bad])
        #expect(levels(.empty) == [])
    }

    @Test func whetherARollbackWouldBeNoticedIsSaid() {
        #expect(Doctor.rollback(["anchor": "known"]).map(\.level) == [.good])
        #expect(Doctor.rollback(["anchor": "new"]).map(\.level) == [.note])
        #expect(Doctor.rollback(["anchor": "unknown"]).map(\.level) == [.note])
        #expect(Doctor.rollback(["anchor": "known", "anchorFailure": 28]).map(\.level) == [.good, .bad])
    }
}
