private import Glibc
private import KistPosix
private import KistProtocol

/// `kist-prompter`: shows the agent's questions, one at a time, through pinentry. Ends with the agent.
///
/// It is started together with the agent, which can start nothing itself, and keeps the display that was there then. It
/// has no vault and sees no secret.
package enum PrompterProgram {
    /// Seconds for an answer; the agent gives up a little later by itself.
    static let patience = 55

    /// - Returns: the exit status.
    package static func run(arguments: [String]) -> Int32 {
        guard let options = PrompterOptions(arguments: arguments) else { return 64 }
        signal(SIGPIPE, SIG_IGN)
        let agent = Descriptor(owning: 3)
        CloseOnExec.set(3)
        var arrived: [UInt8] = []
        while true {
            do {
                while let question = try PromptFrame.takeQuestion(&arrived) {
                    guard !question.text.isEmpty else { continue }
                    let word = Dialog.ask(question.text, options) { (wait) in
                        try takenBack(question.number, agent, &arrived, milliseconds: wait)
                    }
                    if let word { try agent.write(PromptFrame.answer(question.number, word)) }
                }
                guard try receive(agent, &arrived) else { return 0 }
            } catch { return 1 }
        }
    }

    /// Waits for more from the agent.
    ///
    /// - Returns: `false` when it has ended.
    private static func receive(_ agent: borrowing Descriptor, _ arrived: inout [UInt8]) throws -> Bool {
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = try bytes.withUnsafeMutableBytes { try agent.read(into: $0) }
        arrived += bytes[..<count]
        return count > 0
    }

    /// Looks for a word of the agent while a dialog is shown.
    ///
    /// - Returns: whether the question `number` was taken back.
    /// - Throws: when the agent has ended.
    private static func takenBack(
        _ number: UInt32, _ agent: borrowing Descriptor, _ arrived: inout [UInt8], milliseconds: Int32
    ) throws -> Bool {
        guard UnixSocket.wait(agent.raw, toWrite: false, milliseconds: milliseconds) else { return false }
        guard try receive(agent, &arrived) else { throw PosixError("read", EPIPE) }
        var copy = arrived
        while let question = try PromptFrame.takeQuestion(&copy) {
            if question.number == number, question.text.isEmpty { return true }
        }
        return false
    }
}
