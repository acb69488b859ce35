/// Why a command ends without having done its work: what happened, what to do next, and the exit code.
///
/// The message never holds a value that could be a secret. Lines of advice are printed indented below the message.
package struct Failure: Error, Equatable, Sendable {
    package var message: String
    package var advice: [String]
    package var code: Int32
    /// Whether what was asked for may have been done all the same: the answer is missing, not the deed.
    package var isUncertain = false

    package init(_ message: String, advice: [String] = [], code: Int32 = ExitCode.failed) {
        self.message = message
        self.advice = advice
        self.code = code
    }

    package static func usage(_ message: String, advice: [String] = []) -> Failure {
        Failure(message, advice: advice, code: ExitCode.usage)
    }
}
