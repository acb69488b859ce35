/// The exit codes of `kist`; README.md has the same table.
package enum ExitCode {
    package static let done: Int32 = 0
    /// `check`: the platform refused a key, or knows it and does not allow it. Also an `add` whose key was refused.
    package static let refused: Int32 = 1
    /// `check`: nobody could say (platform down, time-out, no check known).
    package static let unknown: Int32 = 2
    /// No such credential, field, profile or platform.
    package static let notFound: Int32 = 3
    /// The vault is locked and nobody is there to ask.
    package static let locked: Int32 = 4
    /// The vault was not opened: wrong passphrase, wrong file, or tampered with.
    package static let notOpened: Int32 = 5
    /// The bundle has expired.
    package static let bundleExpired: Int32 = 10
    /// The bundle is damaged, or none at all.
    package static let bundleDamaged: Int32 = 11
    /// The bundle was sealed by a vault that the identity does not trust.
    package static let bundleForeign: Int32 = 12
    /// The bundle was sealed for others.
    package static let bundleNotForThis: Int32 = 13
    package static let usage: Int32 = 64
    /// `run --check`: a credential has expired, so nothing was started.
    package static let credentialExpired: Int32 = 121
    /// `run --check`: the platform refused one, or does not allow it.
    package static let credentialRefused: Int32 = 122
    /// `run --check`: nobody could say of one (platform down, time-out).
    package static let credentialUnproved: Int32 = 123
    /// Any other failure of Kist's own; in `run`, every one of them.
    package static let failed: Int32 = 125
    /// `run`: found, but not a program that can be executed.
    package static let notExecutable: Int32 = 126
    /// `run`: no such program.
    package static let noProgram: Int32 = 127

    /// The failures of `run` that keep a code of their own; all others are `failed` there.
    package static let ofRun: Set<Int32> = [
        credentialExpired, credentialRefused, credentialUnproved, notExecutable, noProgram,
    ]
}
