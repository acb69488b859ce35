/// What every command understands, whichever way it was read.
package struct GlobalOptions: Equatable, Sendable {
    /// `-p`, `--profile`.
    package var profile: String?
    /// `--vault`.
    package var vault: String?
    /// `--isolated`: use no other agent than one of this command's own.
    package var isolated = false
    /// `--no-agent`: leave none running.
    package var noAgent = false
    /// `--passphrase-fd`.
    package var passphraseDescriptor: Int32?

    /// Milliseconds that an agent has for an answer that needs no person; `nil` is the usual time.
    package var patience: Int?
    /// Whether somebody at the terminal may be asked.
    package var mayAsk = true

    package init() {}
}
