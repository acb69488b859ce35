internal import KistModel

/// How a tool is told to ask Kist: changes of the tool's own configuration, all of which are said, and which are taken back
/// on demand. One type for each tool; a new one is listed in `Setups.all`.
protocol ToolSetup: Sendable {
    /// As typed: "git".
    static var name: String { get }
    /// One line for `kist setup --help`.
    static var abstract: String { get }
    static var example: String { get }

    /// What has to change; nothing is changed here. Edits that change nothing may be among them.
    ///
    /// - Parameter undo: take away what the same words have set up, and nothing else.
    static func edits(_ place: SetupPlace, undo: Bool) throws(Failure) -> [SetupEdit]

    /// Lines to be read when it is done.
    static func notes(_ place: SetupPlace) -> [String]
}

extension ToolSetup {
    static func notes(_ place: SetupPlace) -> [String] { [] }
}

/// The tools that can be set up.
enum Setups {
    static let all: [any ToolSetup.Type] = [
        GitSetup.self, DockerSetup.self, AWSSetup.self, CargoSetup.self, KubectlSetup.self, GCPSetup.self,
        PipSetup.self,
    ]

    static func named(_ name: String) -> (any ToolSetup.Type)? { all.first { $0.name == name } }
}

/// One file of a tool's configuration before and after, or one link to `kist`.
enum SetupEdit: Equatable {
    /// `before` and `after` are whole texts; `nil` means that there is no such file.
    case file(path: String, before: String?, after: String?)
    /// A symbolic link, so that the tool finds its helper; `target` `nil` takes it away.
    case link(path: String, target: String?)

    var changesSomething: Bool {
        switch self {
        case .file(_, let before, let after): before != after
        case .link(let path, let target): SetupFile.link(path) != target
        }
    }
}

/// What a setup works with.
struct SetupPlace {
    let environment: Variables
    let home: String
    /// The path of the running `kist`, with its links followed.
    let program: String
    /// The small program beside it that tools' helpers are rather links to, when it is there.
    var helper: String?
    /// What is not secret of a credential, for settings that repeat some of it.
    var overview: (CredentialName) throws(Failure) -> Overview = { (_) throws(Failure) in
        throw Failure("the vault is not asked here")
    }
    /// The words behind the tool's name.
    let words: [String]
    /// `--as`: the name in the tool's own configuration, for tools that have names.
    let name: String?

    /// The command that takes back what these words have set up, as a shell would have to be given it.
    func undoing(_ tool: String) -> String {
        let words = ["kist", "setup", tool] + words + (name.map { ["--as", $0] } ?? []) + ["--undo"]
        return words.map(Run.quoted).joined(separator: " ")
    }

    /// The folder of a configuration: `$variable`, else `fallback` under the home folder.
    func folder(_ variable: String, _ fallback: String) -> String {
        guard let path = environment.nonEmpty(variable), path.hasPrefix("/") else { return "\(home)/\(fallback)" }
        return path
    }

    /// `--as`, else `fallback`, where it becomes part of a path or of a line.
    ///
    /// - Parameter what: "a profile's name".
    func plainName(_ fallback: CredentialName, _ what: String) throws(Failure) -> String {
        let name = name ?? fallback.description
        let isPlain = name.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [45, 46, 64, 95].contains(byte)
        }
        guard !name.isEmpty, isPlain else { throw Failure.usage("\(what) has letters, digits and @-._ only") }
        return name
    }

    /// The edit that turns the text of a file into another.
    func edit(_ path: String, _ change: (String) throws(Failure) -> String?) throws(Failure) -> SetupEdit {
        let before = try SetupFile.read(path)
        let after = try change(before ?? "")
        return .file(path: path, before: before, after: after == "" && before == nil ? nil : after)
    }

    /// The link `name` to `kist-helper`, else to `kist`, where the tool looks for its helper: beside `kist` when that folder is on `PATH` and can be
    /// written, else `~/.local/bin`.
    func helper(_ name: String, undo: Bool) -> SetupEdit {
        let own = program.lastIndex(of: "/").map { String(program[..<$0]) } ?? "."
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let found = folders.first { folder in
            SetupFile.link("\(folder)/\(name)").map { $0 == program || $0 == helper } ?? false
        }
        let folder = found ?? (folders.contains(own) && SetupFile.isWritable(own) ? own : "\(home)/.local/bin")
        return .link(path: "\(folder)/\(name)", target: undo ? nil : helper ?? program)
    }
}
