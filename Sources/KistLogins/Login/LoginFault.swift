/// Why a credential that was found is no answer: a fact, with the credential's name.
package struct LoginFault: Error, Hashable, Sendable {
    package let message: String

    init(_ message: String) { self.message = message }
}
