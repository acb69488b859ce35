internal import KistLogins
internal import KistPosix
internal import KistProviders
internal import SecretMemory

/// The whole program `kist-helper`: what git, docker and cargo ask again and again, answered by an agent that runs, from a vault
/// that is open, when nobody has to be asked or told anything. All else `kist` does, in this process's place and with all that
/// was read, so a tool sees one helper.
package enum HelperProgram {
    /// Arguments of the process in, exit code out.
    package static func run() -> Int32 {
        guard let call = HelperCall(Arguments.all) else { return Successor.start(["kist", "provider"], from: 1) }
        let name = call.tool.programName
        guard call.isGet else { return Successor.start([name], from: call.start) }
        var input = ToolInput()
        do throws(Unanswered) {
            switch call.tool {
            case .git: return try GitQuestion.answer(&input).write()
            case .docker: return try DockerQuestion.answer(&input).write()
            case .cargo: return try CargoQuestion.answerAll(&input)
            }
        } catch {
            return Successor.start([name], from: call.start, with: input, waited: error.waited)
        }
    }
}
