private import CSodium

/// What calls that have returned left on this thread's stack. libsodium keeps the first 32 bytes of a box that it opens
/// there, and the end of Argon2id the key that it made.
package enum Stack {
    /// Writes zeros over 128 KiB below the caller: deeper than anything of ours goes.
    package static func wipe() { sodium_stackzero(128 * 1_024) }
}
