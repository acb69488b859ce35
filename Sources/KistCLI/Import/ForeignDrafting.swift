import KistModel
import KistPlatforms
import SecretMemory

/// Decides what each thing of a foreign file becomes here.
struct ForeignDrafting {
    let platforms: [Platform]
    let profile: ProfileName
    let input: ImportInput

    /// - Parameter leftOut: gets a line for everything that is not taken.
    func items(_ foreign: borrowing Foreign, leftOut: inout [String]) throws(Failure) -> ImportItems {
        var items = ImportItems()
        items.stillThere.isEnvFile = foreign.isEnvFile
        try addVariables(foreign, &items, &leftOut)
        for entry in foreign.entries { add(entry, foreign, &items, &leftOut) }
        guard items.items.count <= Foreign.mostEntries else {
            throw Failure.usage("more than \(Foreign.mostEntries) credentials at once")
        }
        return items
    }

    // MARK: Variables

    private func addVariables(
        _ foreign: borrowing Foreign, _ items: inout ImportItems, _ leftOut: inout [String]
    ) throws(Failure) {
        let variables = foreign.variables
        var skipped: Set<Int> = []
        var hasDangerous = false
        for (index, variable) in variables.enumerated() {
            if foreign.values.isEmpty(variable.value) {
                leftOut.append("left out (empty): \(variable.name), \(variable.place)")
            } else if foreign.isReference(variable.value) {
                leftOut.append("left alone (a reference): \(variable.name), \(variable.place)")
                items.stillThere.hasReferences = true
            } else if (try? FieldName(variable.name)) == nil {
                leftOut.append("left out (not a name that Kist takes): \(variable.place)")
            } else if !input.allowDangerousNames, DangerousNames.contains(variable.name) {
                leftOut.append(
                    "left out (can make programs run other code): \(variable.name), \(variable.place)")
                hasDangerous = true
            } else {
                continue
            }
            skipped.insert(index)
        }
        if hasDangerous { leftOut.append("take those, too:  kist import --allow-dangerous-names …") }
        let plan = ImportPlan.make(
            variables.map(\.name), platforms: platforms, rest: input.rest.description, leftOut: skipped)
        for planned in plan.items {
            guard let platform = platforms.first(where: { $0.name == planned.platform }) else { continue }
            do throws(Failure) {
                var draft = CredentialDraft(platform: platform, variant: planned.variant)
                for field in planned.fields {
                    try take(&draft, field.name, foreign, variables[field.index].value, secret: true)
                }
                let completion = try Completing.complete(draft)
                let origins = planned.fields.map {
                    ImportItem.Origin(
                        field: $0.name, isSecret: $0.isSecret, from: "\($0.variable), \(variables[$0.index].place)")
                }
                try items.add(
                    draft, completion, profile: profile, name: try Read.credential(planned.name), expiry: nil,
                    note: nil, origins: origins)
            } catch {
                items.problems.append("\(planned.name): \(error.message)")
            }
        }
    }

    // MARK: Entries

    private func add(
        _ entry: Foreign.Entry, _ foreign: borrowing Foreign, _ items: inout ImportItems, _ leftOut: inout [String]
    ) {
        var entry = entry
        // What Kist exported goes back as it was.
        if !entry.isExact {
            let references = entry.fields.filter { foreign.isReference($0.value) }
            leftOut += references.map { "left alone (a reference): \($0.name), \(entry.place)" }
            entry.fields.removeAll { field in references.contains { $0.name == field.name } }
            if !references.isEmpty {
                items.stillThere.hasReferences = true
                if entry.fields.isEmpty { return }
            }
        }
        guard entry.fields.contains(where: { isSecret($0) }) else {
            leftOut.append("left out (no secret in it): \(entry.place)")
            return
        }
        let wanted = entry.isExact ? entry.title : ForeignName.credential(entry.title) ?? "imported"
        var why = "it does not fit"
        for choice in choices(entry) {
            guard let platform = platforms.first(where: { $0.name == choice.platform }) else {
                why = "its platform is not known here"
                continue
            }
            do throws(Failure) {
                let place = try entry.profile.map { (name) throws(Failure) in try Read.profile(name) } ?? profile
                guard let name = items.free(wanted, in: place) else { throw Failure("its name is not one for Kist") }
                var draft = CredentialDraft(platform: platform, variant: choice.variant)
                let calls = choice.platform == entry.platform ? entry.calls : [:]
                for field in entry.fields {
                    let isSecret = isSecret(field)
                    try take(
                        &draft, calls[field.name] ?? field.name, foreign, field.value, secret: isSecret,
                        isExact: entry.isExact)
                }
                let completion = try Completing.complete(draft)
                let expiry = try entry.expires.map { (text) throws(Failure) in
                    try Read.expiry(text, now: Timestamp(seconds: 0))
                }
                let origins = entry.fields.map {
                    ImportItem.Origin(
                        field: calls[$0.name] ?? $0.name, isSecret: isSecret($0),
                        from: entry.place)
                }
                let policy = try entry.policy.map { (text) throws(Failure) in try Read.policy(text) }
                try items.add(
                    draft, completion, profile: place, name: name, expiry: expiry, note: entry.note, policy: policy,
                    origins: origins)
                return
            } catch { why = error.message }
        }
        leftOut.append("left out (\(why)): \(entry.place)")
    }

    /// What no source says and no name clears is secret: a PIN, an answer to a question.
    private func isSecret(_ field: Foreign.Field) -> Bool {
        field.isSecret
            ?? !["user", "username", "login", "email", "url", "host", "port", "account", "region", "database"].contains(
                field.name.lowercased())
    }

    /// Platforms to try, in order.
    private func choices(_ entry: Foreign.Entry) -> [(platform: String, variant: String?)] {
        if entry.isExact { return [(entry.platform ?? "fields", entry.variant)] }
        var choices: [(platform: String, variant: String?)] = []
        if let platform = entry.platform { choices.append((platform, entry.variant)) }
        let names = Set(entry.fields.map(\.name))
        if names.isSubset(of: ["username", "password", "url"]), names.isSuperset(of: ["username", "password"]) {
            choices.append(("login", nil))
        }
        choices.append(("fields", nil))
        return choices
    }

    private func take(
        _ draft: inout CredentialDraft, _ name: String, _ foreign: borrowing Foreign, _ value: Int, secret: Bool,
        isExact: Bool = false
    ) throws(Failure) {
        var problem: Failure?
        foreign.values.withValue(value) { bytes in
            do throws(Failure) {
                if isExact {
                    try draft.takeExact(name, bytes, secret: secret)
                } else {
                    try draft.take(name, bytes, secretUnlessKnown: secret)
                }
            } catch { problem = error }
        }
        if let problem { throw problem }
    }
}
