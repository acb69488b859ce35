/// What `kist run` does for one credential: variables to set and to unset, files to write, lines to say.
///
/// Values are templates still: whoever carries the plan out joins the secrets, in locked memory.
package struct EnvironmentPlan: Sendable {
    package struct Variable: Sendable {
        package let name: String
        package let value: Template
        /// Whether a secret field stands in the value.
        package let isSecret: Bool
    }

    /// A line for the user about a client that was found, or could not be looked at.
    package struct Notice: Hashable, Sendable {
        package let text: String
        /// The package that it is about.
        package let package: String
        /// Its version, when one was found.
        package let version: String?
    }

    package var set: [Variable] = []
    /// Never one that `set` has too.
    package var unset: [String] = []
    package var files: [FileRecipe] = []
    package var notices: [Notice] = []
}

extension Platform {
    /// The packages whose version decides about a variable; look for them only when this is not empty.
    package var packages: Set<String> { Set(environment.compactMap { $0.condition.package?.name }) }

    /// The plan for one credential.
    ///
    /// - Parameters:
    ///   - credential: its name, for variable names such as `{name|env}_PASSWORD`.
    ///   - plain: all plain values, derived ones included.
    ///   - secrets: the names of the secret fields that it has.
    ///   - version: the installed version of a package beside the interpreter being started, if one was found.
    package func plan(
        credential: String, variant: String?, plain: [String: String], secrets: Set<String>,
        version: (String) -> String? = { _ in nil }
    ) -> EnvironmentPlan {
        let present = secrets.union(plain.filter { !$0.value.isEmpty }.keys)
        var plan = EnvironmentPlan()
        for rule in environment where rule.condition.holds(variant: variant, plain: plain, secrets: secrets) {
            guard rule.value.fields.allSatisfy(present.contains) else { continue }
            if let package = rule.condition.package {
                let found = version(package.name)
                guard let found, let parsed = PackageVersion(found), package.holds(parsed) else {
                    if let text = rule.otherwise {
                        plan.notices.append(.init(text: text, package: package.name, version: found))
                    }
                    continue
                }
            }
            guard let name = rule.name.text(name: credential, plain: plain) else { continue }
            plan.set.append(
                .init(name: name, value: rule.value, isSecret: rule.value.fields.contains(where: secrets.contains)))
        }
        if isFreeForm { addFreeFields(to: &plan, credential: credential, plain: plain, secrets: secrets) }
        let names = Set(plan.set.map(\.name))
        plan.unset =
            unset
            .filter { $0.condition.holds(variant: variant, plain: plain, secrets: secrets) && !names.contains($0.name) }
            .map(\.name)
        plan.files = files.filter { $0.condition.holds(variant: variant, plain: plain, secrets: secrets) }
        return plan
    }

    /// Fields that only the credential knows become `NAME_FIELD`; one written in capitals is a variable's name already
    /// (`kist import` makes such).
    private func addFreeFields(
        to plan: inout EnvironmentPlan, credential: String, plain: [String: String], secrets: Set<String>
    ) {
        let known = Set(fields.map(\.name))
        for field in secrets.union(plain.keys).subtracting(known).sorted() {
            let value = Template(parts: [.field(field, .none)])
            let isVariable = TemplateEncoding.variableName(field) == field && field.contains { $0.isLetter }
            let prefix = isVariable ? "" : TemplateEncoding.variableName(credential) + "_"
            let name = prefix + TemplateEncoding.variableName(field)
            plan.set.append(.init(name: name, value: value, isSecret: secrets.contains(field)))
        }
    }
}
