import KistPosix
import KistTestKit
import Synchronization
import Testing

@testable import KistClient

/// A source that answers only when it is let, and counts.
private final class Held: CredentialProvider {
    private struct State {
        var count = 0
        var isOpen = false
        var answer: Result<Credential?, CredentialError> = .success(nil)
        var cancelled = 0
    }
    private let state = Mutex(State())

    var asked: Int { state.withLock { $0.count } }
    var cancelled: Int { state.withLock { $0.cancelled } }

    func open(_ answer: Result<Credential?, CredentialError>) {
        state.withLock {
            $0.answer = answer
            $0.isOpen = true
        }
    }

    func credential(for request: CredentialRequest) async throws(CredentialError) -> Credential? {
        state.withLock { $0.count += 1 }
        while !state.withLock({ $0.isOpen }) {
            if Task.isCancelled {
                state.withLock { $0.cancelled += 1 }
                throw CredentialError(.cancelled, source: "held", "cancelled")
            }
            await Task.yield()
        }
        return try state.withLock { $0.answer }.get()
    }
}

/// Its first answer comes late, and then it is that nobody waited; every other one is given at once when it is let.
private final class LateToStop: CredentialProvider {
    private struct State {
        var asked = 0
        var stopped = 0
        var mayStop = false
        var answer: Credential?
    }
    private let state = Mutex(State())

    var asked: Int { state.withLock { $0.asked } }
    var stopped: Int { state.withLock { $0.stopped } }
    func letStop() { state.withLock { $0.mayStop = true } }
    func open(_ credential: Credential) { state.withLock { $0.answer = credential } }

    func credential(for request: CredentialRequest) async throws(CredentialError) -> Credential? {
        let isFirst = state.withLock { state in
            state.asked += 1
            return state.asked == 1
        }
        while true {
            let (mayStop, answer) = state.withLock { ($0.mayStop, $0.answer) }
            if isFirst, mayStop {
                state.withLock { $0.stopped += 1 }
                throw CredentialError(.cancelled, source: "late", "cancelled")
            }
            if !isFirst, let answer { return answer }
            await Task.yield()
        }
    }
}

@Suite struct RefreshingTests {
    private static func credential(endsIn seconds: Int64? = nil) -> Credential {
        Credential(
            "kumo", expires: seconds.map { Moment(secondsSince1970: WallClock.seconds + $0) },
            fields: [.secret("api_key", "demo:x")])
    }

    @Test func aThousandWaitersAskOnce() async throws {
        let base = Held()
        let source = RefreshingSource(base)
        let credential = Self.credential(endsIn: 3_600)
        try await withThrowingTaskGroup(of: Credential?.self) { group in
            for _ in 0..<1_000 { group.addTask { try await source.credential(for: "kumo") } }
            while base.asked == 0 { await Task.yield() }
            base.open(.success(credential))
            for try await found in group { #expect(found === credential) }
        }
        #expect(base.asked == 1)
        #expect(try await source.credential(for: "kumo") === credential)
        #expect(try await source.credential(for: CredentialRequest("kumo", reason: "another")) === credential)
        #expect(base.asked == 1)
        _ = try await source.credential(for: "other")
        #expect(base.asked == 2)
    }

    @Test func whatEndsSoonIsAskedForAnew() async throws {
        let base = Held()
        base.open(.success(Self.credential(endsIn: 30)))
        let source = RefreshingSource(base, ahead: .seconds(60))
        _ = try await source.credential(for: "kumo")
        _ = try await source.credential(for: "kumo")
        #expect(base.asked == 2)
    }

    @Test func whatIsHeldOutlivesAFailureOfItsSource() async throws {
        let base = Held()
        let credential = Self.credential(endsIn: 3_000)
        base.open(.success(credential))
        let source = RefreshingSource(base, ahead: .seconds(6_000))
        _ = try await source.credential(for: "kumo")
        base.open(.failure(CredentialError(.locked, source: "held", "locked")))
        #expect(try await source.credential(for: "kumo") === credential)
        #expect(base.asked == 2)
        // What was taken away is not given any more.
        base.open(.success(nil))
        #expect(try await source.credential(for: "kumo") == nil)
        base.open(.failure(CredentialError(.locked, source: "held", "locked")))
        await #expect(throws: CredentialError.self) { try await source.credential(for: "kumo") }
    }

    @Test func whatHasEndedIsNotGivenWhenItsSourceFails() async throws {
        let base = Held()
        base.open(.success(Self.credential(endsIn: -1)))
        let source = RefreshingSource(base)
        _ = try await source.credential(for: "kumo")
        base.open(.failure(CredentialError(.locked, source: "held", "locked")))
        await #expect(throws: CredentialError.self) { try await source.credential(for: "kumo") }
    }

    @Test func failuresAndAbsenceAreNotHeld() async throws {
        let base = Held()
        base.open(.failure(CredentialError(.locked, source: "held", "locked")))
        let source = RefreshingSource(base)
        await #expect(throws: CredentialError.self) { try await source.credential(for: "kumo") }
        base.open(.success(nil))
        #expect(try await source.credential(for: "kumo") == nil)
        #expect(try await source.credential(for: "kumo") == nil)
        #expect(base.asked == 3)
    }

    @Test func oneWhoGivesUpEndsOnlyItsOwnWait() async throws {
        let base = Held()
        let source = RefreshingSource(base)
        let patient = Task { try await source.credential(for: "kumo") }
        while base.asked == 0 { await Task.yield() }
        let impatient = Task { try await source.credential(for: "kumo") }
        impatient.cancel()
        await #expect {
            try await impatient.value
        } throws: { ($0 as? CredentialError)?.reason == .cancelled }
        #expect(base.cancelled == 0)
        base.open(.success(Self.credential()))
        #expect(try await patient.value != nil)
        #expect(base.asked == 1)
    }

    @Test func theLastOneWhoGivesUpEndsTheRequest() async throws {
        let base = Held()
        let source = RefreshingSource(base)
        let waiters = (0..<3).map { _ in Task { try await source.credential(for: "kumo") } }
        while base.asked == 0 { await Task.yield() }
        for waiter in waiters { waiter.cancel() }
        for waiter in waiters { await #expect(throws: CredentialError.self) { try await waiter.value } }
        while base.cancelled == 0 { await Task.yield() }
        base.open(.success(Self.credential()))
        #expect(try await source.credential(for: "kumo") != nil)
        #expect(base.asked == 2)
    }

    @Test func whoComesAfterTheLastOneGaveUpWaitsForItsOwnAnswer() async throws {
        let base = LateToStop()
        let source = RefreshingSource(base)
        let first = Task { try await source.credential(for: "kumo") }
        while base.asked == 0 { await Task.yield() }
        first.cancel()
        await #expect(throws: CredentialError.self) { try await first.value }
        let second = Task { try await source.credential(for: "kumo") }
        while base.asked == 1 { await Task.yield() }
        // The end of the first question comes while the second one is under way.
        base.letStop()
        while base.stopped == 0 { await Task.yield() }
        for _ in 0..<100 { await Task.yield() }
        let credential = Self.credential(endsIn: 3_600)
        base.open(credential)
        #expect(try await second.value === credential)
        #expect(try await source.credential(for: "kumo") === credential)
        #expect(base.asked == 2)
    }
}
