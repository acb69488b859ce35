import KistModel
import KistPlatforms
import SecretMemory

/// The variables of a credential, with stand-ins for its secrets and the proxy's address for its platform's.
struct ProxiedEnvironment {
    let session: Session
    let command: [String]

    struct Built: ~Copyable {
        var block = EnvironmentBlock()
        /// What was set; stand-ins, no secret.
        var shown: [(name: String, value: String)] = []
    }

    func build(
        _ overview: Overview, _ platform: Platform, _ plain: [String: String], _ standIns: borrowing StandIns
    ) throws(Failure) -> Built {
        let finder = PackageFinder(environment: session.environment)
        let plan = platform.plan(
            credential: overview.name.description, variant: overview.variant, plain: plain,
            secrets: Set(standIns.texts.keys),
            version: { command.isEmpty ? nil : finder.version(of: $0, for: command) })
        var built = Built()
        let texts = standIns.texts
        for variable in plan.set {
            var buffer = SecretBuffer(capacity: 256)
            variable.value.render(into: &buffer, name: overview.name.description, folder: nil) { field, use in
                guard var text = texts[field] ?? plain[field], !text.isEmpty else { return false }
                text.withUTF8 { use(UnsafeRawBufferPointer($0)) }
                return true
            }
            let value = buffer.finish().withBytes { String(decoding: $0, as: UTF8.self) }
            try built.block.set(variable.name, to: value, source: "\(overview.name)", allowingDangerous: false)
            built.shown.append((variable.name, value))
        }
        for name in plan.unset { try built.block.unset(name, source: "\(overview.name)") }
        // A proxy for the rest of the world must not be asked for this one.
        for name in ["NO_PROXY", "no_proxy"] {
            let others = session.environment[name].map { $0.isEmpty ? "" : $0 + "," } ?? ""
            try built.block.set(
                name, to: others + "127.0.0.1,localhost", source: "kist proxy", allowingDangerous: true)
        }
        return built
    }

    /// One `NAME=value` a line.
    static func show(_ built: borrowing Built, to printer: Printer) {
        for variable in built.shown { printer.line("\(variable.name)=\(variable.value)") }
    }
}
