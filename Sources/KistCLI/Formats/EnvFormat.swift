import SecretMemory

/// How `kist env` writes variables, each so that its reader gets the same bytes back, or not at all.
enum EnvFormat: String, CaseIterable {
    /// `export NAME='…'` for sh, bash, zsh and their relatives.
    case shell
    /// `set -gx NAME '…'`.
    case fish
    /// `NAME='…'` as python-dotenv reads it.
    case dotenv
    /// `NAME=…` for `docker --env-file`.
    case docker
    /// `NAME="…"` for `EnvironmentFile=` of a unit.
    case systemd
    /// What is appended to the file that `$GITHUB_ENV` names in a workflow of GitHub Actions.
    case github
    /// One object.
    case json

    /// For messages and help.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// Why a value cannot be written; `nil` when it can.
    func obstacle(_ name: String, _ value: UnsafeRawBufferPointer) -> String? {
        if self != .shell, !SecretJSON.isUTF8(value) { return "it is not UTF-8" }
        if self != .json, value.contains(0) { return "it contains a NUL byte" }
        switch self {
        case .shell:
            if !EnvName.isPlain(name) { return "a shell cannot have a variable of that name" }
            if EnvName.isShells(name) { return "shells give that variable a meaning of their own" }
        case .fish:
            if !EnvName.isPlain(name) || EnvName.isFishs(name) { return "fish cannot set a variable of that name" }
            if EnvValue.holdsPrivateMarks(value) { return "fish uses characters in it for itself" }
        case .dotenv:
            if !EnvName.isPlain(name) { return "its reader does not take that name" }
            if value.contains(13) { return "its reader changes carriage returns" }
            if EnvValue.contains(value, "${") { return "it contains ${, which its reader expands even within quotes" }
        case .docker:
            if name.isEmpty || name.hasPrefix("#") || name.contains(where: { "= \t".contains($0) }) {
                return "docker does not take that name"
            }
            if value.contains(10) || value.contains(13) { return "its reader takes one line only" }
            if name.utf8.count + 1 + value.count >= 65_536 { return "its reader takes lines of 64 KiB only" }
        case .systemd:
            if !EnvName.isPlain(name) { return "systemd does not take that name" }
        case .github:
            if !EnvName.isPlain(name) || EnvName.isGitHubs(name) { return "a workflow may not set that name" }
            if value.contains(13) { return "its reader may take a carriage return for the end of a line" }
        case .json: break
        }
        return nil
    }

    func append(_ name: String, _ value: UnsafeRawBufferPointer, isFirst: Bool, to text: inout SecretBuffer) {
        switch self {
        case .shell:
            text.append("export \(name)=")
            ShellWord.append(value, to: &text)
            text.append("\n")
        case .fish:
            text.append("set -gx \(name) ")
            FishWord.append(value, to: &text)
            text.append("\n")
        case .dotenv:
            text.append("\(name)='")
            EnvValue.append(value, escaping: "'\\", to: &text)
            text.append("'\n")
        case .docker:
            text.append("\(name)=")
            text.append(value)
            text.append("\n")
        case .systemd:
            text.append("\(name)=\"")
            EnvValue.append(value, escaping: "\"\\`$", to: &text)
            text.append("\"\n")
        case .github:
            guard value.contains(10) else {
                text.append("\(name)=")
                text.append(value)
                text.append("\n")
                return
            }
            let end = EnvValue.freeMark(in: value)
            text.append("\(name)<<\(end)\n")
            text.append(value)
            text.append("\n\(end)\n")
        case .json:
            text.append(isFirst ? "{" : ",")
            var key = name
            key.withUTF8 { _ = SecretJSON.append(UnsafeRawBufferPointer($0), to: &text) }
            text.append(":")
            _ = SecretJSON.append(value, to: &text)
        }
    }

    func end(isEmpty: Bool, _ text: inout SecretBuffer) {
        if self == .json { text.append(isEmpty ? "{}\n" : "}\n") }
    }
}
