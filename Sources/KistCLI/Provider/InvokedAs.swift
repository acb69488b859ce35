internal import KistLogins
private import KistPosix

/// A helper under the name that a tool looks for, or `kist provider TOOL …` without options of other commands: read before
/// any parser, because tools start it again and again.
struct InvokedAs {
    let tool: any ProviderTool.Type
    let arguments: [String]
    /// What `kist-helper` has read already.
    var handed: HandedInput?
    let globals: GlobalOptions

    /// - Parameter arguments: those of the process, its own name first.
    /// - Returns: `nil` for everything else, help and mistakes included: that is the full parser's.
    static func parse(_ arguments: [String]) -> InvokedAs? {
        guard let first = arguments.first else { return nil }
        if let tool = Providers.named(program: Folder.lastPart(of: first)) {
            var own = Array(arguments.dropFirst())
            let handed = HandedInput(takenFrom: &own)
            return InvokedAs(tool: tool, arguments: own, handed: handed, globals: GlobalOptions())
        }
        guard arguments.count > 2, arguments[1] == "provider", let tool = Providers.named(arguments[2]) else {
            return nil
        }
        let rest = Array(arguments[3...])
        guard !rest.contains("--help"), !rest.contains("-h") else { return nil }
        return InvokedAs(tool: tool, arguments: rest, globals: GlobalOptions())
    }

    func run(_ printer: Printer) -> Int32 { Providers.run(tool, arguments, globals, printer, handed) }
}
