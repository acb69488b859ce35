import KistClient
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

/// Builds an `Injection` from what the agent revealed.
struct Injector {
    let session: Session
    let allowingDangerous: Bool
    /// The command to be started; decides about packages with bugs that Kist knows. Empty: none is looked for.
    let command: [String]
    /// Whether files may be made; without that (`kist env`) variables that need them are left out with a line.
    let makesFiles: Bool
    /// Ways other than the environment for some fields.
    var deliveries = Deliveries()
    /// Whether the secrets are to be found in what the program prints.
    var masks = false

    func build(
        _ request: InjectionRequest, _ reply: borrowing RevealReply, pid: Int32
    ) throws(Failure) -> Injection {
        var injection = Injection()
        guard reply.items.count == request.sources.count + request.singles.count else {
            throw Failure("the agent answered for another number of credentials")
        }
        if masks { injection.sought.add(reply) }
        if !deliveries.isPlain {
            let handing = Handing(session: session, deliveries: deliveries, pid: pid)
            try checkProfiles(reply.items)
            for item in reply.items { try handing.hand(item, reply, to: &injection.handed) }
            try checkHanded(injection.handed)
        }
        var toUnset: [(name: String, source: String)] = []
        for (index, source) in request.sources.enumerated() {
            try add(source, index, reply, pid, &injection, &toUnset)
        }
        for (offset, single) in request.singles.enumerated() {
            let index = request.sources.count + offset
            let origin = "\(single.name).\(single.field)"
            if let plain = reply.items[index].overview.plainValue(single.field) {
                try injection.block.set(
                    single.variable, to: plain, source: origin, allowingDangerous: allowingDangerous)
            } else if injection.handed.fields.contains(origin) {
                try setPath(&injection, single.variable, origin)
            } else if let value = reply.value(index, single.field) {
                try set(&injection, single.variable, value, origin)
            } else {
                throw Failure(
                    "\(single.name) has no field \(single.field) (wanted for \(single.variable))",
                    advice: ["see its fields:  kist show \(single.name)"], code: ExitCode.notFound)
            }
        }
        for (name, source) in toUnset { try injection.block.unset(name, source: source) }
        return injection
    }

    private func set(
        _ injection: inout Injection, _ name: String, _ value: borrowing SecretBytes, _ source: String,
        isOwnFile: Bool = false
    ) throws(Failure) {
        let isAllowed = allowingDangerous || isOwnFile
        let problem = value.withBytes { bytes -> Failure? in
            do throws(Failure) {
                try injection.block.set(name, to: bytes, source: source, allowingDangerous: isAllowed)
                return nil
            } catch { return error }
        }
        if let problem { throw problem }
    }

    private func add(
        _ source: Injection.Source, _ index: Int, _ reply: borrowing RevealReply, _ pid: Int32,
        _ injection: inout Injection, _ toUnset: inout [(name: String, source: String)]
    ) throws(Failure) {
        let overview = reply.items[index].overview
        let platform = try session.platform(of: overview)
        let plain = Dictionary(overview.plain.map { ($0.name.description, $0.value) }) { first, _ in first }
        let finder = PackageFinder(environment: session.environment)
        let plan = platform.plan(
            credential: overview.name.description, variant: overview.variant, plain: plain,
            secrets: Set(overview.secrets.map(\.description)),
            version: { command.isEmpty ? nil : finder.version(of: $0, for: command) })
        let values = FieldValues(overview: overview, item: reply.items[index])
        var folder: String?
        if makesFiles, !plan.files.isEmpty {
            folder = try FileRendering(session: session, name: overview.name.description, pid: pid)
                .make(plan.files, values, reply)
            injection.madeFolder = true
        }
        for variable in plan.set {
            if folder == nil, variable.value.usesFolder {
                injection.notices.append("\(variable.name) needs a file, which only kist run makes")
                continue
            }
            if try isHanded(variable, source, &injection) { continue }
            var buffer = SecretBuffer(capacity: 256)
            variable.value.render(into: &buffer, name: overview.name.description, folder: folder) { field, use in
                values.use(field, reply, use)
            }
            let label = variable.value.fields.sorted().first.map { "\(source.name).\($0)" } ?? "\(source.name)"
            let isOwnFile =
                platform.origin == .builtIn && variable.value.usesFolder && variable.value.fields.isEmpty
                && DangerousNames.ownFiles.contains(variable.name)
            try set(&injection, source.prefix + variable.name, buffer.finish(), label, isOwnFile: isOwnFile)
        }
        try setOtherPaths(reply.items[index], source, plan.set, &injection)
        // With a prefix the program is told of names that no client looks for by itself; what it inherits is its own.
        if source.prefix.isEmpty { toUnset += plan.unset.map { ($0, "\(source.name)") } }
        // Nor do lines about usual names help there, or about a package of Python to what is not Python.
        if source.prefix.isEmpty, command.isEmpty || finder.startsPython(command) {
            for notice in plan.notices where !injection.notices.contains(notice.text) {
                injection.notices.append(notice.text)
            }
        }
        if plan.set.isEmpty, !injection.handed.fields.contains(where: { $0.hasPrefix("\(source.name).") }) {
            injection.notices.append("\(source.name) sets no variable (its platform, \(platform.name), names none)")
        }
    }
}
