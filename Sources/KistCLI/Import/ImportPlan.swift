import KistModel
import KistPlatforms

/// Which credentials the variables of a file make, found by their names alone.
struct ImportPlan: Equatable {
    struct Item: Equatable {
        let name: String
        let platform: String
        let variant: String?
        /// Field name and the index of the variable.
        var fields: [Field]
    }

    struct Field: Equatable {
        let name: String
        let variable: String
        let index: Int
        let isSecret: Bool
    }

    var items: [Item] = []

    /// - Parameters:
    ///   - variables: the names in the file.
    ///   - rest: the name of the credential for what no platform knows.
    ///   - leftOut: indices of variables that are not taken.
    static func make(
        _ variables: [String], platforms: [Platform], rest: String, leftOut: Set<Int> = []
    ) -> ImportPlan {
        var plan = ImportPlan()
        var left = Set(variables.indices).subtracting(leftOut)
        while let best = platforms.flatMap({ candidates($0, variables, left) }).max(by: { weight($0) < weight($1) }) {
            plan.items.append(best)
            for field in best.fields { left.remove(field.index) }
        }
        if !left.isEmpty {
            let fields = left.sorted().map {
                Field(name: variables[$0], variable: variables[$0], index: $0, isSecret: true)
            }
            plan.items.append(Item(name: rest, platform: "fields", variant: nil, fields: fields))
        }
        return plan
    }

    /// More variables first, then more secrets, then the shorter name.
    private static func weight(_ item: Item) -> (Int, Int, Int) {
        (item.fields.count, item.fields.count { $0.isSecret }, -item.name.utf8.count)
    }

    /// The credential of each variant of which every secret that must be there is.
    private static func candidates(_ platform: Platform, _ variables: [String], _ left: Set<Int>) -> [Item] {
        let variants: [String?] = platform.variants.isEmpty ? [nil] : platform.variants.map { $0.name }
        return variants.compactMap { variant in
            var fields: [Field] = []
            for rule in platform.environment where rule.condition.allows(variant: variant) {
                guard rule.name.parts.count == 1, case .literal(let variable) = rule.name.parts[0],
                    let field = rule.singleField, let known = platform.field(named: field, variant: variant),
                    let index = left.sorted().first(where: { variables[$0] == variable }),
                    !fields.contains(where: { $0.name == field })
                else { continue }
                fields.append(Field(name: field, variable: variable, index: index, isSecret: known.isSecret))
            }
            let needed = platform.fields(variant: variant).filter { $0.isSecret && $0.isRequired }.map(\.name)
            guard !needed.isEmpty, needed.allSatisfy({ name in fields.contains { $0.name == name } }) else {
                return nil
            }
            return Item(name: platform.name, platform: platform.name, variant: variant, fields: fields)
        }
    }
}
