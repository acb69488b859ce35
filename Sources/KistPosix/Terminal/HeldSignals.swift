private import CKistPosix

/// The signals that could end or stop a program while a terminal has its echo off, held back until it is safe.
///
/// Held are HUP, INT, QUIT, PIPE, ALRM, TERM, TSTP, TTIN, TTOU (the nine of `readpassphrase`) and CONT. They are
/// blocked except inside `wait`, and their handlers only raise a flag, so there is no moment at which one can act
/// before the terminal is restored. One user at a time, on the main thread.
package enum HeldSignals {
    /// What ended a wait.
    package enum Event: Equatable, Sendable {
        case readable
        case signal
        case failed
    }

    package static func hold() { kist_signals_hold() }

    /// Lets them act again; what came meanwhile acts now.
    package static func release() { kist_signals_release() }

    package static func wait(for descriptor: Int32) -> Event {
        switch kist_signals_wait(descriptor) {
        case 1: .readable
        case 0: .signal
        default: .failed
        }
    }

    /// The next signal that came, or `nil`.
    package static func take() -> Int32? {
        let number = kist_signals_take()
        return number == 0 ? nil : number
    }

    /// Blocks nothing, as a program about to be executed expects.
    package static func unblockAll() { kist_signals_unblock() }
}
