import KistClient
import KistMasking
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

/// What a set of credentials means for a program: variables, files, lines to say. Nothing was executed yet.
struct Injection: ~Copyable {
    var block = EnvironmentBlock()
    /// Lines for standard error.
    var notices: [String] = []
    /// Whether files were put into a private folder.
    var madeFolder = false
    /// What goes another way than through the environment.
    var handed = Handed()
    /// The secrets to be masked in what the program prints.
    var sought = SoughtValues()

    /// One credential, and what its variables begin with.
    struct Source {
        let profile: ProfileName
        let name: CredentialName
        let prefix: String
    }

    /// One variable from one field.
    struct Single {
        let variable: String
        let profile: ProfileName
        let name: CredentialName
        let field: FieldName
    }
}

/// What was asked for, before the agent is.
struct InjectionRequest {
    var sources: [Injection.Source] = []
    var singles: [Injection.Single] = []

    var isEmpty: Bool { sources.isEmpty && singles.isEmpty }

    /// Everything in one request.
    var wants: [Want] {
        sources.map { Want(profile: $0.profile, name: $0.name) }
            + singles.map { Want(profile: $0.profile, name: $0.name, fields: [$0.field]) }
    }

    init() {}

    /// From names on the command line; without any from the nearest trusted `kist.toml`.
    init(names: [String], session: Session) throws(Failure) {
        if names.isEmpty {
            guard let project = try session.nearestProject(), project.file.asksForSomething else { return }
            try session.requireTrust(project)
            let profile = try session.profile()
            sources = project.file.uses.map { .init(profile: profile, name: $0.name, prefix: $0.prefix) }
            singles = project.file.variables.map {
                .init(
                    variable: $0.name, profile: $0.reference.profile ?? profile, name: $0.reference.credential,
                    field: $0.reference.field)
            }
            return
        }
        let profile = try session.profile()
        for name in names {
            let credential = try Read.credential(name)
            guard !sources.contains(where: { $0.name == credential }) else {
                throw Failure.usage("\(credential) is given twice")
            }
            sources.append(.init(profile: profile, name: credential, prefix: ""))
        }
    }
}
