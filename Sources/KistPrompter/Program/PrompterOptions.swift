/// How a prompter is told where to show its questions. Only a starter gives these, before any question is there.
package struct PrompterOptions: Hashable, Sendable {
    /// The dialog program.
    package var pinentry: String
    /// `NAME=value` entries of its environment; no others.
    package var environment: [String] = []
    /// A terminal to ask on, where there is no display.
    package var terminal: String?

    /// Reads `--pinentry PATH [--tty PATH] [--set NAME=VALUE]…`; paths are absolute.
    ///
    /// - Returns: `nil` for anything else.
    package init?(arguments: [String]) {
        var pinentry: String?
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard let value = rest.popFirst() else { return nil }
            switch option {
            case "--pinentry" where pinentry == nil && value.hasPrefix("/"): pinentry = value
            case "--tty" where terminal == nil && value.hasPrefix("/"): terminal = value
            case "--set" where value.contains("=") && !value.hasPrefix("="): environment.append(value)
            default: return nil
            }
        }
        guard let pinentry else { return nil }
        self.pinentry = pinentry
    }
}
