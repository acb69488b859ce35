internal import KistCrypto
internal import KistPosix
internal import KistVault
internal import SecretMemory
private import Synchronization

/// Turns a passphrase into a slot's key on a thread of its own, so that everyone else is served meanwhile.
final class Derivation: Sendable {
    private struct State: ~Copyable {
        var passphrase: SecretBytes?
        var factor: SecretBytes?
        var key: SlotKey?
        var failure: Argon2Error?
        var isDone = false
    }

    private let state: Mutex<State>
    let challenge: SlotChallenge
    private let wakeup: Wakeup

    /// - Parameters:
    ///   - passphrase: wiped when the key is there.
    ///   - factor: the second factor, or no bytes; wiped then too.
    ///   - wakeup: signalled then.
    init(
        _ passphrase: consuming SecretBytes, factor: consuming SecretBytes, _ challenge: SlotChallenge,
        _ wakeup: Wakeup
    ) {
        state = Mutex(State(passphrase: consume passphrase, factor: consume factor))
        self.challenge = challenge
        self.wakeup = wakeup
    }

    func start() throws(PosixError) {
        try Process.startThread { [self] in
            // Nobody else takes the passphrase, and the lock must not be held for as long as this takes.
            guard let passphrase = state.withLock({ $0.passphrase.take() }),
                let factor = state.withLock({ $0.factor.take() })
            else { return }
            do throws(Argon2Error) {
                let key = try KeyDerivation.derive(passphrase, factor: factor, for: challenge)
                finish(key)
            } catch { fail(error) }
        }
    }

    private func finish(_ key: consuming SlotKey) {
        var key: SlotKey? = consume key
        state.withLock {
            $0.key = key.take()
            $0.isDone = true
        }
        wakeup.signal()
    }

    private func fail(_ error: Argon2Error) {
        state.withLock {
            $0.failure = error
            $0.isDone = true
        }
        wakeup.signal()
    }

    var isDone: Bool { state.withLock { $0.isDone } }

    /// The key, once.
    func takeKey() throws(Argon2Error) -> SlotKey? {
        if let failure = state.withLock({ $0.failure }) { throw failure }
        return state.withLock { $0.key.take() }
    }
}
