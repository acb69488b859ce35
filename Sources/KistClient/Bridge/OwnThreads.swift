internal import KistPosix
internal import Synchronization

/// Threads for calls that block, so that none of Swift's own, of which there are as many as cores, ever does.
///
/// At most `most` at a time, started when there is something to do and ended when there is nothing.
final class OwnThreads: Sendable {
    static let shared = OwnThreads(most: 8)

    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var next = 0
        var running = 0
    }

    private let most: Int
    private let state = Mutex(State())

    init(most: Int) { self.most = most }

    /// Has `body` run on one of them.
    ///
    /// - Parameters:
    ///   - seconds: until `.timeout`, wherever it is then; waiting for a thread counts.
    ///   - source: for errors.
    /// - Throws: what `body` fails with, `.timeout`, or `.cancelled` as soon as the task is cancelled.
    func run<R: Sendable>(
        deadline: Duration, source: String,
        _ body: @escaping @Sendable (Pending<R>) throws(CredentialError) -> R
    ) async throws(CredentialError) -> R {
        let pending = Pending<R>()
        let alarm = Task {
            try? await Task.sleep(for: deadline)
            if !Task.isCancelled {
                pending.giveUp(CredentialError(.timeout, source: source, "no answer within \(deadline)"))
            }
        }
        defer { alarm.cancel() }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                pending.wait(waiter)
                submit {
                    guard !pending.isOver else { return }
                    do throws(CredentialError) { pending.finish(.success(try body(pending))) } catch {
                        pending.finish(.failure(error))
                    }
                } failed: { error in
                    pending.finish(.failure(CredentialError(.unavailable, source: source, "\(error)")))
                }
            }
        } onCancel: {
            pending.giveUp(CredentialError(.cancelled, source: source, "the task was cancelled"))
        }
        return try outcome.get()
    }

    private func submit(_ job: @escaping @Sendable () -> Void, failed: (PosixError) -> Void) {
        let starts = state.withLock { state in
            state.jobs.append(job)
            guard state.running < most else { return false }
            state.running += 1
            return true
        }
        guard starts else { return }
        do { try Process.startThread { [self] in work() } } catch {
            let isAlone = state.withLock { state in
                state.running -= 1
                return state.running == 0
            }
            // The others will come to it.
            guard isAlone else { return }
            state.withLock { state in
                state.jobs = []
                state.next = 0
            }
            failed(error)
        }
    }

    private func work() {
        while let job = take() { job() }
    }

    private func take() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard state.next < state.jobs.count else {
                state.jobs = []
                state.next = 0
                state.running -= 1
                return nil
            }
            defer { state.next += 1 }
            let job = state.jobs[state.next]
            state.jobs[state.next] = {}
            return job
        }
    }
}
