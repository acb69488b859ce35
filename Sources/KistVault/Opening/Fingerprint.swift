/// What tells vaults apart: 80 bits over the vault's id and public key, shown as `7Q4M-K2TD-9XWE-P3HF`. Not secret.
package struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}
