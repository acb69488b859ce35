import KistClient
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

/// Fills a user's template in with values of the vault.
struct TemplateRendering {
    let session: Session
    let what: String
    var reason: String?
    var allowExpired = false

    func render(_ template: borrowing RenderTemplate) throws(Failure) -> SecretBytes {
        var resolver = OnePasswordResolver(session: session)
        var singles: [String: Injection.Single] = [:]
        for case .reference(let part) in template.parts where singles[part.reference] == nil {
            do throws(Failure) { singles[part.reference] = try resolver.single("", part.reference) } catch {
                throw Failure("\(what), line \(part.line): \(error.message)", advice: error.advice, code: error.code)
            }
        }
        guard !singles.isEmpty else {
            throw Failure.usage(
                "\(what) refers to nothing in the vault",
                advice: ["a reference is  kist://NAME/FIELD  or  {{ kist://NAME/FIELD | json }}"])
        }
        let wants = Self.wants(Array(singles.values))
        let asked = RevealRequest(wants: wants, purpose: .render, reason: reason ?? what, allowExpired: allowExpired)
        let reply = try session.reveal(asked)
        var text = SecretBuffer(capacity: template.text.count + 1_024)
        for part in template.parts {
            switch part {
            case .text(let range):
                template.text.withBytes { text.append(UnsafeRawBufferPointer(rebasing: $0[range])) }
            case .reference(let part):
                guard let single = singles[part.reference] else { continue }
                try append(part, single, wants, reply, &text)
            }
        }
        return text.finish()
    }

    /// Each credential once, with all fields that are wanted of it.
    private static func wants(_ singles: [Injection.Single]) -> [Want] {
        var wants: [Want] = []
        for single in singles.sorted(by: {
            ($0.name.description, $0.field.description) < ($1.name.description, $1.field.description)
        }) {
            if let index = wants.firstIndex(where: { $0.profile == single.profile && $0.name == single.name }) {
                if wants[index].fields?.contains(single.field) == false { wants[index].fields?.append(single.field) }
            } else {
                wants.append(Want(profile: single.profile, name: single.name, fields: [single.field]))
            }
        }
        return wants
    }

    private func append(
        _ part: RenderTemplate.ReferencePart, _ single: Injection.Single, _ wants: [Want],
        _ reply: borrowing RevealReply, _ text: inout SecretBuffer
    ) throws(Failure) {
        let index = wants.firstIndex { $0.profile == single.profile && $0.name == single.name }
        guard let index, reply.items.indices.contains(index) else {
            throw Failure("the agent answered for another number of credentials")
        }
        let values = FieldValues(overview: reply.items[index].overview, item: reply.items[index])
        var obstacle: String?
        let found = values.use(single.field.description, reply) { bytes in
            obstacle = Self.obstacle(bytes, part)
            if obstacle == nil { part.encoding.encode(bytes) { text.append($0) } }
        }
        guard found else {
            throw Failure(
                "\(what), line \(part.line): \(single.name) has no field \(single.field)",
                advice: ["see its fields:  kist show \(single.name)"], code: ExitCode.notFound)
        }
        if let obstacle {
            throw Failure(
                "\(what), line \(part.line): \(single.name).\(single.field) cannot stand there as it is: \(obstacle)",
                advice: ["say how it is to be written:  {{ \(part.reference) | json }}   (\(RenderTemplate.encodings))"]
            )
        }
    }

    /// What would make another text of the line than the one that was meant.
    static func obstacle(_ value: UnsafeRawBufferPointer, _ part: RenderTemplate.ReferencePart) -> String? {
        switch part.encoding {
        case .none:
            if value.contains(0) { return "it holds a NUL byte" }
            if part.standsAlone { return nil }
            if value.contains(10) || value.contains(13) { return "it has several lines, and there is more on this one" }
            if value.contains(where: part.quotes.contains) { return "it holds a quote that is open on its line" }
            if part.quotes.contains(where: { $0 != UInt8(ascii: "'") }), value.contains(UInt8(ascii: "\\")) {
                return "it holds a backslash, which means something between these quotes"
            }
            return nil
        case .toml, .tomlText, .json: return SecretJSON.isUTF8(value) ? nil : "it is not UTF-8"
        case .url, .base64, .host, .port, .scheme, .variable: return nil
        }
    }
}
