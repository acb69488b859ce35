import KistModel

/// How the value of a secret field reaches a program.
enum Delivery: String, CaseIterable {
    /// As (part of) a variable.
    case env
    /// As a file in a private folder, which goes when the program ends.
    case file
    /// As a pipe that can be read once.
    case fd
    /// As a file without a name, in memory, which can be read again.
    case memfd
    /// As the program's standard input.
    case stdin
}

/// What `--as` says: for single fields, and for all others.
struct Deliveries: Equatable {
    private(set) var others = Delivery.env
    private(set) var fields: [String: Delivery] = [:]

    /// Whether everything goes into variables, as without `--as`.
    var isPlain: Bool { others == .env && fields.values.allSatisfy { $0 == .env } }

    init() {}

    /// - Parameter words: `FORM` or `NAME.FIELD=FORM`.
    init(_ words: [String]) throws(Failure) {
        var seesOthers = false
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let delivery = parts.last.flatMap({ Delivery(rawValue: String($0)) }) else { throw Self.usage() }
            guard parts.count == 2 else {
                guard !seesOthers else { throw Failure.usage("--as is given twice for all fields") }
                guard delivery != .stdin else {
                    throw Failure.usage(
                        "standard input takes one field", advice: ["name it:  --as NAME.FIELD=stdin"])
                }
                seesOthers = true
                others = delivery
                continue
            }
            let place = parts[0].split(separator: ".", omittingEmptySubsequences: false)
            guard place.count == 2 else { throw Self.usage() }
            let key = Self.key(try Read.credential(String(place[0])), try Read.field(String(place[1])))
            guard fields[key] == nil else { throw Failure.usage("--as is given twice for \(key)") }
            if delivery == .stdin, fields.values.contains(.stdin) {
                throw Failure.usage("standard input takes one field, and --as names two")
            }
            fields[key] = delivery
        }
    }

    static func key(_ name: CredentialName, _ field: FieldName) -> String { "\(name).\(field)" }

    func delivery(_ name: CredentialName, _ field: FieldName) -> Delivery {
        fields[Self.key(name, field)] ?? others
    }

    /// A field that goes another way and that credentials of two profiles have under one name: which one is meant by
    /// `NAME.FIELD`, by its variable and by its file cannot be told.
    func ambiguous(_ items: [(profile: ProfileName, name: CredentialName, fields: [FieldName])]) -> String? {
        var profiles: [CredentialName: ProfileName] = [:]
        let doubled = items.filter { item in
            let known = profiles[item.name] ?? item.profile
            profiles[item.name] = known
            return known != item.profile
        }.map(\.name)
        for item in items where doubled.contains(item.name) {
            if let field = item.fields.first(where: { delivery(item.name, $0) != .env }) {
                return Self.key(item.name, field)
            }
        }
        return nil
    }

    private static func usage() -> Failure {
        Failure.usage(
            "--as takes a form, or a field and a form",
            advice: [
                "forms:    " + Delivery.allCases.map(\.rawValue).joined(separator: ", "),
                "example:  kist run --as kumo.api_key=fd kumo -- COMMAND",
            ])
    }
}
