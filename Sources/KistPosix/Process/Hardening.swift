private import CKistPosix

/// The first thing every Kist program does: no core dump, no tracing by the same user, no crash report.
///
/// A Swift crash report prints memory behind each register, so a crash at the wrong moment would print a secret.
package enum Hardening {
    /// Applies all steps to this process.
    ///
    /// - Returns: `nil` when every step held, else the `errno` of the first that did not (`doctor` shows it).
    @discardableResult
    package static func apply() -> Int32? {
        let failed = kist_harden()
        return failed == 0 ? nil : failed
    }

    /// Hands the limit of core files on as it was found; right before the execution of somebody else's program.
    package static func restoreForExecution() { kist_soften() }

    /// Whether the kernel lets processes of the same user read this one.
    package static var isDumpable: Bool { kist_dumpable() != 0 }
}
