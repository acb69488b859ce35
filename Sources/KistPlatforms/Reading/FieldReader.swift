/// Reads `[[field]]`, and the conditions that every rule can have.
enum FieldReader {
    static let conditionKeys: Set<String> = ["variants", "when", "unless", "if"]

    static func condition(_ table: TableReader, package: Bool = false) throws(PlatformError) -> Condition {
        var condition = Condition()
        condition.variants = try table.strings("variants")
        condition.when = try table.strings("when")
        condition.unless = try table.strings("unless")
        for (field, value) in try table.pairs("if") { condition.values[field] = value }
        if package { condition.package = try packageCondition(table) }
        return condition
    }

    static func field(_ table: TableReader) throws(PlatformError) -> PlatformField {
        try table.only(
            [
                "variants", "name", "title", "where", "kind", "required", "ask", "main", "expiry", "form", "shortest",
                "longest", "starts_with", "ends_with", "choices", "normalise", "default", "fallback", "from", "take",
                "hint",
            ])
        let isSecret = try table.choice("kind", Kind.self) == .secret
        var normalisation: [FieldNormalisation] = []
        for word in try table.strings("normalise") {
            guard let step = FieldNormalisation(rawValue: word) else {
                let known = FieldNormalisation.allCases.map(\.rawValue).joined(separator: ", ")
                throw table.error("normalise knows \(known)", at: "normalise")
            }
            if isSecret && step != .trim { throw table.error("a secret can only be trimmed", at: "normalise") }
            normalisation.append(step)
        }
        var limits = FieldLimits()
        limits.shortest = try table.int("shortest", in: 1...65_536) ?? 1
        limits.longest = try table.int("longest", in: 1...1_048_576) ?? (isSecret ? 65_536 : 4_096)
        limits.prefixes = try table.strings("starts_with")
        limits.suffixes = try table.strings("ends_with")
        var derivation: FieldDerivation?
        if let part = try table.choice("take", FieldDerivation.Part.self) {
            derivation = FieldDerivation(from: try table.required("from"), part: part)
        }
        let defaultValue = try table.template("default")
        let fallback = try table.string("fallback")
        if isSecret && (derivation != nil || defaultValue != nil || fallback != nil) {
            throw table.error("a secret field has no default, fallback or take")
        }
        return PlatformField(
            name: try table.required("name"), title: try table.required("title"), whereFound: try table.string("where"),
            isSecret: isSecret, isRequired: try table.bool("required", default: true),
            isAsked: try table.bool("ask", default: defaultValue == nil && derivation == nil),
            isMain: try table.bool("main", default: false), isExpiry: try table.bool("expiry", default: false),
            form: try table.choice("form", FieldForm.self) ?? (isSecret ? .token : .text), limits: limits,
            choices: try table.strings("choices"), normalisation: normalisation, defaultValue: defaultValue,
            fallback: fallback, derivation: derivation, hint: try table.string("hint"), condition: try condition(table))
    }

    private enum Kind: String, CaseIterable { case secret, plain }

    private static func packageCondition(_ table: TableReader) throws(PlatformError) -> PackageCondition? {
        let pairs = try table.pairs("when_package")
        guard let (name, bound) = pairs.first else { return nil }
        let sign = bound.prefix { "<>=".contains($0) }
        guard pairs.count == 1, let relation = PackageCondition.Relation(rawValue: String(sign)),
            let version = PackageVersion(String(bound.dropFirst(sign.count)))
        else { throw table.error("when_package is written { package = \"<2.11\" }", at: "when_package") }
        return PackageCondition(name: name, relation: relation, bound: version)
    }
}
