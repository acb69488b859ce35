/// What `kist` alone prints.
enum StartPage {
    static func show(_ printer: Printer) {
        printer.line(.strong("Kist"), "  a vault for credentials: store once, prove, inject.")
        printer.line("")
        for (command, what) in lines {
            printer.line("  kist ", Phrase(command + String(repeating: " ", count: 34 - command.count)), .quiet(what))
        }
        printer.line("")
        printer.line("Every command has --help with an example; those that print have --json.")
    }

    private static let lines = [
        ("init", "make the vault on this machine"),
        ("add kumo", "store a credential, and prove it"),
        ("list", "what there is, and until when"),
        ("run kumo -- python3 train.py", "run a program with it"),
        ("get kumo", "print the one main secret"),
        ("check", "which ones still work"),
        ("edit kumo api_key", "replace a secret"),
        ("use kumo", "say what this folder needs (kist.toml)"),
        ("how kumo python", "the lines to write"),
        ("platform list", "what can be added"),
        ("unlock --for 10h, lock, status", "the agent that keeps it open"),
    ]
}
