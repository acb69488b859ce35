/// The programs that `kist hook` writes a function for.
enum HookShell: String, CaseIterable {
    case bash, zsh, fish, direnv

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// A word that is no secret, as this shell reads it.
    func word(_ text: String) -> String { self == .fish ? FishWord.text(text) : ShellWord.text(text) }

    /// Where the line that takes up the function belongs.
    var place: String {
        switch self {
        case .bash: #"~/.bashrc:  eval "$(kist hook bash)""#
        case .zsh: #"~/.zshrc:  eval "$(kist hook zsh)""#
        case .fish: "~/.config/fish/config.fish:  kist hook fish | source"
        case .direnv: #"~/.config/direnv/direnvrc:  eval "$(kist hook direnv)",  then  use kist  in .envrc"#
        }
    }
}
