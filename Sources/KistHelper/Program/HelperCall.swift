internal import KistLogins
internal import KistPosix

/// How the program was started.
struct HelperCall {
    let tool: HelperTool
    /// Where the tool's own arguments begin.
    let start: Int
    /// Whether the tool asks for a credential, and nothing else.
    let isGet: Bool

    /// By the name that a tool looks for, or by the tool's name as the first argument.
    ///
    /// - Parameter arguments: those of the process, its own name first.
    /// - Returns: `nil` for anything else.
    init?(_ arguments: [String]) {
        guard let first = arguments.first else { return nil }
        let name = Folder.lastPart(of: first)
        if let tool = HelperTool(program: name) {
            (self.tool, start) = (tool, 1)
        } else if arguments.count > 1, let tool = HelperTool(rawValue: arguments[1]) {
            (self.tool, start) = (tool, 2)
        } else {
            return nil
        }
        isGet = arguments.count == start + 1 && arguments[start] == (tool == .cargo ? "--cargo-plugin" : "get")
    }
}
