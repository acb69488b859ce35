/// A helper under the name that a tool looks for, or `kist provider TOOL …` without options of other commands: read before
/// any parser, because tools start it again and again.
struct InvokedAs {
    let tool: any ProviderTool.Type
    let arguments: [String]
    let globals: GlobalOptions

    /// - Parameter arguments: those of the process, its own name first.
    /// - Returns: `nil` for everything else, help and mistakes included: that is the full parser's.
    static func parse(_ arguments: [String]) -> InvokedAs? {
        guard let first = arguments.first else { return nil }
        let slash = first.lastIndex(of: "/")
        let name = slash.map { String(first[first.index(after: $0)...]) } ?? first
        if let tool = Providers.named(program: name) {
            return InvokedAs(tool: tool, arguments: Array(arguments.dropFirst()), globals: GlobalOptions())
        }
        guard arguments.count > 2, arguments[1] == "provider", let tool = Providers.named(arguments[2]) else {
            return nil
        }
        let rest = Array(arguments[3...])
        guard !rest.contains("--help"), !rest.contains("-h") else { return nil }
        return InvokedAs(tool: tool, arguments: rest, globals: GlobalOptions())
    }

    func run(_ printer: Printer) -> Int32 { Providers.run(tool, arguments, globals, printer) }
}
