import KistClient
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

/// One revealed credential as the ready-made files see it.
struct FormCredential {
    let overview: Overview
    let platform: Platform
    let values: FieldValues
    /// Plain values, the platform's fallbacks among them.
    let plain: [String: String]

    var name: String { overview.name.description }

    /// The first of these fields that has a value.
    func field(_ names: [String], _ reply: borrowing RevealReply) -> String? {
        for name in names where values.use(name, reply, { _ in }) || !(plain[name] ?? "").isEmpty { return name }
        return nil
    }

    /// A value in locked memory, by the first of these fields that has one.
    ///
    /// - Throws: `Failure` when there is none: a missing part never means *any*.
    func value(_ names: [String], _ reply: borrowing RevealReply, in form: RenderForm) throws(Failure) -> SecretBytes {
        guard let field = field(names, reply) else {
            throw Failure(
                "\(name) has no \(names.joined(separator: " or ")), which \(form.rawValue) needs",
                advice: ["see its fields:  kist show \(name)"])
        }
        return filled(Template(parts: [.field(field, .none)]), reply)
    }

    func filled(_ template: Template, _ reply: borrowing RevealReply) -> SecretBytes {
        var buffer = SecretBuffer()
        template.render(into: &buffer, name: name) { field, use in
            if values.use(field, reply, use) { return true }
            guard var text = plain[field], !text.isEmpty else { return false }
            text.withUTF8 { use(UnsafeRawBufferPointer($0)) }
            return true
        }
        return buffer.finish()
    }

    /// The main secret's name.
    var mainField: String? {
        platform.mainField(variant: overview.variant)?.name
            ?? (overview.secrets.count == 1 ? overview.secrets[0].description : nil)
    }

    /// Refuses a value that the form's readers would change.
    func check(
        _ value: borrowing SecretBytes, _ part: String, in form: RenderForm, _ isFit: (UnsafeRawBufferPointer) -> Bool
    ) throws(Failure) {
        guard value.withBytes({ isFit($0) && !$0.isEmpty }) else {
            throw Failure(
                "the \(part) of \(name) cannot stand in a \(form.rawValue) file: its readers would read another one",
                advice: ["hand it over without a file:  kist run \(name) -- COMMAND"])
        }
    }

    /// Visible ASCII without blanks, and without `forbidden`.
    static func isWord(_ bytes: UnsafeRawBufferPointer, without forbidden: String, first: String = "#;") -> Bool {
        let forbidden = Array(forbidden.utf8)
        let first = Array(first.utf8)
        return bytes.allSatisfy { (0x21...0x7E).contains($0) && !forbidden.contains($0) }
            && bytes.first.map { !first.contains($0) } ?? false
    }
}
