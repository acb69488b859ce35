import SecretMemory

/// What a file of another program holds, before Kist decides where each thing belongs.
struct Foreign: ~Copyable {
    struct Field {
        let name: String
        /// The number of the value.
        let value: Int
        /// `nil`: as the platform says; a field of one's own is secret, unless its name is that of something plain.
        var isSecret: Bool?
    }

    /// Something that becomes one credential.
    struct Entry {
        /// As the other program calls it.
        var title: String
        /// Where it stands, for messages: "line 3", "Work/Kumo".
        var place: String
        var fields: [Field]
        /// What it is of by its source; `nil`: a login when it looks like one, else fields.
        var platform: String?
        /// What that platform calls fields that are called otherwise here.
        var calls: [String: String] = [:]
        var variant: String?
        var profile: String?
        var note: String?
        var expires: String?
        /// What it may be handed out for, as Kist's own export says.
        var policy: String?
        /// Whether the title is a name of Kist's own and must stay as it is.
        var isExact = false
    }

    /// A variable of a file of variables; several may make one credential.
    struct Variable {
        let name: String
        let place: String
        let value: Int
    }

    var values = SecretStack()
    var entries: [Entry] = []
    var variables: [Variable] = []
    /// What was not taken, and why: names and places only.
    var leftOut: [String] = []
    /// Lines to say beside the plan.
    var notes: [String] = []
    /// Whether it is a file of variables as `kist run --env-file` reads them.
    var isEnvFile = false

    static let mostEntries = 10_000

    var isEmpty: Bool { entries.isEmpty && variables.isEmpty }

    /// Adds a field when the node has a value that is not empty.
    borrowing func field(_ name: String, _ node: TreeNode?, secret: Bool? = nil) -> Field? {
        guard let value = node?.value, !values.isEmpty(value) else { return nil }
        return Field(name: name, value: value, isSecret: secret)
    }

    borrowing func isReference(_ value: Int) -> Bool {
        values.withValue(value) { ReferenceText.read($0) != nil }
    }

    borrowing func text(_ node: TreeNode?) -> String? {
        guard let text = values.text(node?.value), !text.isEmpty else { return nil }
        return text
    }
}
