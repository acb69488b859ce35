private import Glibc
private import KistPosix

/// Where an agent's questions to a person appear, settled when the agent is started: a program that asks for a secret later
/// cannot choose it.
package struct PromptPlace: Hashable, Sendable {
    /// The dialog program.
    package var pinentry: String
    /// `NAME=value` entries for it: the display, and what its toolkit needs to reach it.
    package var environment: [String]
    /// A terminal to ask on; only one that was named on purpose.
    package var terminal: String?

    package init(pinentry: String, environment: [String], terminal: String? = nil) {
        self.pinentry = pinentry
        self.environment = environment
        self.terminal = terminal
    }

    /// What a desktop's dialog needs, and nothing else of the starter's environment.
    private static let handedOn = [
        "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "XDG_SESSION_TYPE",
        "XDG_CURRENT_DESKTOP", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES",
    ]

    /// The usual places; never searched for by PATH.
    private static let usual = ["/usr/bin/pinentry", "/usr/local/bin/pinentry"]

    /// - Returns: `nil` without a display (or `KIST_PROMPT_TTY`), or without a pinentry (or `KIST_PINENTRY`).
    static func fromEnvironment(_ environment: (String) -> String?) -> PromptPlace? {
        func path(_ variable: String) -> String? {
            guard let value = environment(variable), value.utf8.first == UInt8(ascii: "/") else { return nil }
            return value
        }
        let terminal = path("KIST_PROMPT_TTY")
        let hasDisplay = ["WAYLAND_DISPLAY", "DISPLAY"].contains { environment($0)?.isEmpty == false }
        guard hasDisplay || terminal != nil,
            let pinentry = path("KIST_PINENTRY") ?? usual.first(where: { access($0, X_OK) == 0 })
        else { return nil }
        let names = terminal == nil ? handedOn : handedOn.filter { !$0.hasSuffix("DISPLAY") }
        return PromptPlace(
            pinentry: pinentry,
            environment: names.compactMap { name in
                environment(name).flatMap { $0.isEmpty ? nil : "\(name)=\($0)" }
            } + ["PATH=/usr/local/bin:/usr/bin:/bin"], terminal: terminal)
    }

    /// "display :0", for people.
    package var words: String {
        if let terminal { return "terminal \(terminal), by \(pinentry)" }
        let display = ["WAYLAND_DISPLAY=", "DISPLAY="].lazy.compactMap { name in
            environment.first { $0.hasPrefix(name) }.map { String($0.dropFirst(name.utf8.count)) }
        }.first
        return "display \(display ?? "?"), by \(pinentry)"
    }
}
