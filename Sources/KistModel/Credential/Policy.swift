/// Under which conditions a credential's secrets leave the vault.
package enum Policy: String, CaseIterable, Hashable, Sendable {
    /// Whoever may use the vault.
    case allow
    /// Only after a person agreed to this very revelation, on a prompt that the asking program does not own.
    case confirm
    /// Only to be put into a program or tried at its platform; never to be shown or written out. A guard rail against
    /// slips: a program says itself what it asks for.
    case runOnly = "run-only"
}
