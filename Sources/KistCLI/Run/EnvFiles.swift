import KistClient
import KistModel
import KistPlatforms
import SecretMemory

/// `--env-file`: variables as they stand, and references (`kist://`, `op://`) that the vault answers. A later file wins over
/// an earlier one.
struct EnvFiles: ~Copyable {
    struct Literal {
        let name: String
        let source: String
        let value: Int
    }

    var values = SecretStack()
    private(set) var literals: [Literal] = []
    private(set) var singles: [Injection.Single] = []

    var isEmpty: Bool { literals.isEmpty && singles.isEmpty }

    static func read(_ paths: [String], _ session: Session) throws(Failure) -> EnvFiles {
        var files = EnvFiles()
        var resolver = OnePasswordResolver(session: session)
        for path in paths {
            let what = path == "-" ? "standard input" : path
            let text =
                path == "-"
                ? try SecretReader.readAll(0, what: what) : try SecretReader.readFile(path, what: "the env file")
            let dotenv = try Dotenv(parsing: text, path: what)
            for (index, entry) in dotenv.entries.enumerated() {
                files.literals.removeAll { $0.name == entry.name }
                files.singles.removeAll { $0.variable == entry.name }
                let source = "\(what), line \(entry.line)"
                guard let reference = reference(dotenv, index) else {
                    let value = dotenv.values.withSegment(index) { files.values.push($0) }
                    files.literals.append(Literal(name: entry.name, source: source, value: value))
                    continue
                }
                do throws(Failure) {
                    files.singles.append(try resolver.single(entry.name, reference))
                } catch {
                    throw Failure("\(source): \(error.message)", advice: error.advice, code: error.code)
                }
            }
        }
        return files
    }

    /// Sets what stands in the files as it is.
    borrowing func set(in block: inout EnvironmentBlock, allowingDangerous: Bool) throws(Failure) {
        for literal in literals {
            var problem: Failure?
            values.withValue(literal.value) { bytes in
                do throws(Failure) {
                    try block.set(
                        literal.name, to: bytes, source: literal.source, allowingDangerous: allowingDangerous)
                } catch { problem = error }
            }
            if let problem { throw problem }
        }
    }

    /// The text of a value that is a reference; references hold no secret.
    private static func reference(_ dotenv: borrowing Dotenv, _ index: Int) -> String? {
        dotenv.values.withSegment(index) { ReferenceText.read($0) }
    }
}

/// Turns references into fields of credentials.
struct OnePasswordResolver {
    let session: Session
    private var map: OnePasswordMap?
    private var seen: [String: Overview] = [:]

    init(session: Session) { self.session = session }

    mutating func single(_ variable: String, _ text: String) throws(Failure) -> Injection.Single {
        let profile = try session.profile()
        if text.hasPrefix("kist://") {
            let reference: Reference
            do { reference = try Reference(parsing: text) } catch {
                throw Failure.usage("\(error.what): \(error.rule)")
            }
            return single(variable, reference, profile)
        }
        let wanted = try OnePasswordReference(parsing: text)
        let place = "\(wanted.vault)/\(wanted.item)"
        guard let target = try loadMap().target(of: wanted) else {
            throw Failure(
                "nothing says what op://\(place) is in Kist",
                advice: [
                    "say so in kist.toml:", "  [op]", "  \"\(place)\" = \"NAME\"", "then:  kist trust",
                ])
        }
        switch target {
        case .field(let reference): return single(variable, reference, profile)
        case .credential(let other, let name):
            let field = try field(wanted.field, of: name, in: other ?? profile)
            return .init(variable: variable, profile: other ?? profile, name: name, field: field)
        }
    }

    private func single(_ variable: String, _ reference: Reference, _ profile: ProfileName) -> Injection.Single {
        .init(
            variable: variable, profile: reference.profile ?? profile, name: reference.credential,
            field: reference.field)
    }

    private mutating func loadMap() throws(Failure) -> OnePasswordMap {
        if let map { return map }
        guard let project = try session.nearestProject(), !project.file.map.entries.isEmpty else {
            map = OnePasswordMap()
            return OnePasswordMap()
        }
        try session.requireTrust(project)
        map = project.file.map
        return project.file.map
    }

    /// The field of that name, or the main secret for what 1Password calls its main field.
    private mutating func field(
        _ wanted: String, of name: CredentialName, in profile: ProfileName
    ) throws(Failure) -> FieldName {
        let key = "\(profile)/\(name)"
        let overview: Overview
        if let known = seen[key] {
            overview = known
        } else {
            overview = try session.overview(profile, name)
            seen[key] = overview
        }
        let fields = overview.plain.map(\.name) + overview.secrets
        let plain = ForeignName.field(wanted.lowercased())
        if let field = fields.first(where: { $0.description.lowercased() == plain }) { return field }
        if plain == FieldName.oneTimeCode.description, overview.secrets.contains(.oneTimeText) { return .oneTimeCode }
        if ["password", "credential", "secret", "token", "key", "api_key"].contains(plain) {
            let main = try session.platform(of: overview).mainField(variant: overview.variant)?.name
            if let field = overview.secrets.first(where: { $0.description == main }) { return field }
            if overview.secrets.count == 1 { return overview.secrets[0] }
        }
        throw Failure(
            "\(name) has no field that op://…/\(plain) could mean",
            advice: [
                "its fields:  " + fields.map(\.description).joined(separator: ", "),
                "name one in kist.toml:  [op]  \"VAULT/ITEM/\(plain)\" = \"kist://\(name)/FIELD\"",
            ], code: ExitCode.notFound)
    }
}
