import Glibc
import KistModel
import KistPlatforms
import SecretMemory

/// A credential being put together from arguments, standard input, files, the environment and questions.
///
/// Whatever comes in is sorted at once: plain values become text, secret ones stay in locked memory.
struct CredentialDraft: ~Copyable {
    let platform: Platform
    let variant: String?
    var plain: [String: String] = [:]
    var secrets = SecretFields()
    /// Fields to ask for although nobody has to give them.
    var wanted: [String] = []
    /// Lines for the user about what was mended.
    var notes: [String] = []

    init(platform: Platform, variant: String?) {
        self.platform = platform
        self.variant = variant
    }

    /// Gives the bytes of a secret field.
    borrowing func secret(_ name: String, _ use: (UnsafeRawBufferPointer) -> Void) -> Bool {
        secrets.withValue(name, use)
    }

    func has(_ name: String) -> Bool { plain[name] != nil || secrets.contains(name) }

    func isSecret(_ name: String) -> Bool {
        platform.field(named: name, variant: variant)?.isSecret ?? Self.soundsSecret(name)
    }

    /// Whether a free field of this name is better not shown.
    static func soundsSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["pass", "secret", "token", "key", "credential", "private", "pwd", "auth", "dsn"].contains {
            name.contains($0)
        }
    }

    // MARK: What comes in

    /// One `FIELD=VALUE` or `FIELD` of the command line.
    ///
    /// - Parameter command: the command without it, for advice ("kist add kumo").
    mutating func take(word: String, command: String) throws(Failure) {
        guard let mark = word.firstIndex(of: "=") else {
            let name = try known(word, command: command)
            guard !wanted.contains(name), !has(name) else { throw twice(name) }
            wanted.append(name)
            return
        }
        let name = try known(String(word[..<mark]), command: command)
        guard !isSecret(name) else { throw SecretArgument.refusal(field: name, command: command) }
        try setPlain(name, String(word[word.index(after: mark)...]))
    }

    /// A value for a field whose kind decides where it goes.
    mutating func take(_ name: String, _ value: UnsafeRawBufferPointer, secretUnlessKnown: Bool = true) throws(Failure)
    {
        let field = platform.field(named: name, variant: variant)
        if field == nil, !platform.isFreeForm { throw unknownField(name) }
        let secret = field?.isSecret ?? secretUnlessKnown
        guard !has(name) else { throw twice(name) }
        if secret {
            try setSecret(name, value, field)
        } else {
            guard value.count <= 65_536 else { throw Failure.usage("\(name) is longer than 64 KiB") }
            guard SecretJSON.isUTF8(value) else { throw Failure.usage("\(name) is not UTF-8 text") }
            var text = String(decoding: value, as: UTF8.self)
            // A line end is one character, with a CR or without.
            if text.hasSuffix("\n") || text.hasSuffix("\r\n") { text.removeLast() }
            try setPlain(name, text)
        }
    }

    /// A value that is kept to the byte: it was in a vault before.
    mutating func takeExact(_ name: String, _ value: UnsafeRawBufferPointer, secret: Bool) throws(Failure) {
        guard !has(name) else { throw twice(name) }
        if platform.field(named: name, variant: variant)?.isSecret ?? secret {
            secrets.set(try Read.field(name), value)
        } else {
            guard SecretJSON.isUTF8(value) else { throw Failure.usage("\(name) is not UTF-8 text") }
            try setPlain(name, String(decoding: value, as: UTF8.self))
        }
    }

    mutating func take(_ name: String, _ value: borrowing SecretBytes) throws(Failure) {
        let problem = value.withBytes { bytes -> Failure? in
            do throws(Failure) {
                try take(name, bytes)
                return nil
            } catch { return error }
        }
        if let problem { throw problem }
    }

    /// Standard input: one JSON object of fields, or the value of one field.
    ///
    /// - Parameter field: the one that is meant; `nil` means the main secret for anything that is no object.
    mutating func takeInput(_ input: borrowing SecretBytes, field: String?) throws(Failure) {
        let first = input.withBytes { bytes in bytes.first { $0 != 32 && $0 != 9 && $0 != 10 && $0 != 13 } }
        guard let first else { throw Failure.usage("standard input was empty") }
        if field == nil, first == UInt8(ascii: "{") {
            let main = platform.mainField(variant: variant)?.name ?? platform.fields(variant: variant).first?.name
            let wrong = input.withBytes { bytes -> Failure? in
                do throws(Failure) {
                    try SecretJSON.readObject(bytes, what: "standard input") { _, _ in }
                    return nil
                } catch { return error }
            }
            if var wrong {
                wrong.advice.append("if it is the value of one field:  --file \(main ?? "FIELD")=-")
                throw wrong
            }
            let problem = input.withBytes { bytes -> Failure? in
                do throws(Failure) {
                    try SecretJSON.readObject(bytes, what: "standard input") { (name, value) throws(Failure) in
                        try take(name, value)
                    }
                    return nil
                } catch { return error }
            }
            if let problem { throw problem }
            return
        }
        guard let name = field ?? platform.mainField(variant: variant)?.name else {
            throw Failure.usage(
                "\(platform.name) has no single main secret, so standard input must be a JSON object",
                advice: ["{\"\(platform.fields.first?.name ?? "field")\": \"…\", …}"])
        }
        try take(name, input)
    }

    /// `FIELD=PATH`; `-` means standard input.
    mutating func take(file word: String) throws(Failure) {
        guard let mark = word.firstIndex(of: "=") else { throw Failure.usage("--file takes FIELD=PATH") }
        let name = String(word[..<mark]), path = String(word[word.index(after: mark)...])
        let what = try checked(name, option: "--file")
        if path == "-" { return try take(name, try SecretReader.readAll(0, what: "standard input")) }
        try take(name, try SecretReader.readFile(path, what: "the file for \(what)"))
    }

    /// `FIELD=VARIABLE`: the value of an environment variable.
    mutating func take(variable word: String) throws(Failure) {
        guard let mark = word.firstIndex(of: "=") else { throw Failure.usage("--env takes FIELD=VARIABLE") }
        let name = String(word[..<mark]), variable = String(word[word.index(after: mark)...])
        let what = try checked(name, option: "--env")
        guard let value = getenv(variable) else { throw Failure.usage("the variable for \(what) is not set") }
        try take(name, UnsafeRawBufferPointer(start: value, count: strlen(value)))
    }

    /// Every field whose usual variable is set.
    mutating func takeEnvironment(credential: String) throws(Failure) {
        var found = false
        for rule in platform.environment where rule.condition.allows(variant: variant) {
            guard let variable = rule.name.text(name: credential, plain: plain), let field = rule.singleField,
                !has(field), platform.field(named: field, variant: variant) != nil,
                let value = getenv(variable), value.pointee != 0
            else { continue }
            try take(field, UnsafeRawBufferPointer(start: value, count: strlen(value)))
            found = true
        }
        guard found else {
            let names = platform.environment.compactMap { $0.name.text(name: credential, plain: plain) }.uniqued
            throw Failure.usage("none of its variables is set: \(names.joined(separator: ", "))")
        }
    }

    // MARK: Setting

    mutating func setPlain(_ name: String, _ value: String) throws(Failure) {
        guard !has(name) else { throw twice(name) }
        _ = try Read.field(name)
        guard
            platform.field(named: name, variant: variant) != nil
                || !value.unicodeScalars.contains(where: { Visible.isUnsafe($0, false) })
        else { throw Failure.usage("\(name) contains a line break or a control character") }
        plain[name] = value
    }

    private mutating func setSecret(
        _ name: String, _ value: UnsafeRawBufferPointer, _ field: PlatformField?
    ) throws(Failure) {
        let fieldName = try Read.field(name)
        var kept = value
        if let field {
            let range = field.trimmed(value)
            kept = UnsafeRawBufferPointer(rebasing: value[range])
            if range.count < value.count { notes.append("blanks or a line end around \(name) were left out") }
        } else if value.last == 10 {
            kept = UnsafeRawBufferPointer(rebasing: value.dropLast(value.dropLast().last == 13 ? 2 : 1))
            notes.append("a line end behind \(name) was left out")
        }
        guard !kept.isEmpty else { throw Failure.usage("\(name) is empty") }
        guard !kept.contains(0) else { throw Failure.usage("\(name) contains a NUL byte") }
        secrets.set(fieldName, kept)
    }

    // MARK: Failing

    /// `name` if it is a field, without repeating it if not: it may be a secret typed there.
    private func known(_ name: String, command: String) throws(Failure) -> String {
        if platform.field(named: name, variant: variant) != nil { return name }
        if platform.isFreeForm, (try? FieldName(name)) != nil { return name }
        throw Failure.usage(
            "an argument is not FIELD=VALUE of \(platform.name) (not repeated: it may be a secret)",
            advice: ["fields:  " + fieldNames] + SecretArgument.mending)
    }

    /// How messages call the field `name` of an option: a name that the platform does not know may be a secret.
    ///
    /// - Throws: `Failure` when there can be no such field.
    private func checked(_ name: String, option: String) throws(Failure) -> String {
        if platform.field(named: name, variant: variant) != nil { return name }
        if platform.isFreeForm, (try? FieldName(name)) != nil { return "a field (\(option))" }
        throw Failure.usage(
            "\(platform.name) has no field of the name given to \(option)", advice: ["fields:  " + fieldNames])
    }

    private func unknownField(_ name: String) -> Failure {
        let shown =
            (try? FieldName(name)) != nil && name.utf8.count <= 32
            ? "\(platform.name) has no field \(name)" : "\(platform.name) has no such field"
        return Failure.usage(shown, advice: ["fields:  " + fieldNames])
    }

    private var fieldNames: String { platform.fields(variant: variant).map(\.name).uniqued.joined(separator: ", ") }

    private func twice(_ name: String) -> Failure { Failure.usage("\(name) is given twice") }
}

extension EnvironmentRule {
    /// The field, when the value is that field and nothing else.
    var singleField: String? {
        guard value.parts.count == 1, case .field(let name, .none) = value.parts[0] else { return nil }
        return name
    }
}

/// A secret that was typed as an argument.
enum SecretArgument {
    /// How to make the shell forget it.
    static let mending = [
        "If it was a secret, it stands in your shell's history now. Take it out:",
        "  bash: history -d -2; history -w",
        "  zsh:  edit ~/.zsh_history      fish: history delete",
        "and make a new one where you got it.",
    ]

    static func refusal(field: String, command: String) -> Failure {
        Failure.usage(
            "\(field) is a secret: not taken from the command line, where others see it",
            advice: ["asked without echo:  \(command)", "from a program:      … | \(command) --stdin"] + mending)
    }
}
