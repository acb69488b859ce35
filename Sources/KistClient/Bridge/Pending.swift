private import Glibc
internal import Synchronization

/// One blocking call that a task waits for: it ends once, by its result, by the deadline, or by the task's end.
final class Pending<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, CredentialError>

    private struct State {
        var outcome: Outcome?
        var waiter: CheckedContinuation<Outcome, Never>?
        /// What the blocking thread waits at now; shutting it down ends that wait.
        var socket: Int32?
    }

    private let state = Mutex(State())

    /// Nobody wants the result any more.
    var isOver: Bool { state.withLock { $0.outcome != nil } }

    /// Only the first call counts.
    func finish(_ outcome: Outcome) {
        let waiter = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            guard state.outcome == nil else { return nil }
            state.outcome = outcome
            return state.waiter.take()
        }
        waiter?.resume(returning: outcome)
    }

    /// Ends it from outside, and the wait of the blocking thread with it.
    func giveUp(_ error: CredentialError) {
        let waiter = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            guard state.outcome == nil else { return nil }
            state.outcome = .failure(error)
            // Under the lock, so that the descriptor is still the one that was meant.
            if let socket = state.socket { shutdown(socket, Int32(SHUT_RDWR)) }
            return state.waiter.take()
        }
        waiter?.resume(returning: .failure(error))
    }

    func wait(_ waiter: CheckedContinuation<Outcome, Never>) {
        let known = state.withLock { state -> Outcome? in
            if state.outcome == nil { state.waiter = waiter }
            return state.outcome
        }
        if let known { waiter.resume(returning: known) }
    }

    /// Runs `body` while `socket` is what it waits at.
    ///
    /// - Returns: `nil` when the call was over before.
    func watching<R: ~Copyable>(_ socket: Int32, _ body: () -> R) -> R? {
        let goes = state.withLock { state in
            guard state.outcome == nil else { return false }
            state.socket = socket
            return true
        }
        guard goes else { return nil }
        // Before the descriptor can be closed and its number be given to another.
        defer { state.withLock { $0.socket = nil } }
        return body()
    }
}
