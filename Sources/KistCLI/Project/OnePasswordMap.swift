package import KistModel

/// What references of 1Password (`op://vault/item/[section/]field`) mean in Kist, so that files that hold them keep
/// working. Names are compared without regard to capitals, as 1Password does.
package struct OnePasswordMap: Equatable, Sendable {
    package enum Target: Hashable, Sendable, CustomStringConvertible {
        /// The fields of a credential.
        case credential(ProfileName?, CredentialName)
        case field(Reference)

        package var description: String {
            switch self {
            case .credential(let profile, let name): profile.map { "\($0)/\(name)" } ?? "\(name)"
            case .field(let reference): "\(reference)"
            }
        }
    }

    package struct Entry: Equatable, Sendable {
        /// `vault/item` or `vault/item/[section/]field`.
        package let from: String
        package let to: Target
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    /// - Parameters:
    ///   - from: without `op://`.
    ///   - to: `[profile/]credential`, or `kist://[profile/]credential/field` for one field.
    package mutating func add(_ from: String, _ to: String, path: String) throws(Failure) {
        let parts = from.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...4).contains(parts.count), !parts.contains(""), from.utf8.count <= 512 else {
            throw Failure("\(path): a name in [op] is vault/item or vault/item/field")
        }
        guard !entries.contains(where: { $0.from.lowercased() == from.lowercased() }) else {
            throw Failure("\(path): op.\"\(from)\" stands there twice")
        }
        let target: Target
        do throws(NameError) {
            if to.hasPrefix("kist://") {
                target = .field(try Reference(parsing: to))
            } else {
                let names = to.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
                guard names.count <= 2, let last = names.last else {
                    throw NameError(what: "credential", rule: "its form is [profile/]credential")
                }
                target = .credential(
                    names.count == 2 ? try ProfileName(names[0]) : nil, try CredentialName(last))
            }
        } catch { throw Failure("\(path): op.\"\(from)\": \(error.what): \(error.rule)") }
        entries.append(Entry(from: from, to: target))
    }

    /// What a reference means: its longest entry counts.
    ///
    /// - Returns: the target and the name of the field as 1Password has it; `nil` when no entry fits.
    package func target(of reference: OnePasswordReference) -> Target? {
        let whole = ([reference.vault, reference.item] + reference.path).joined(separator: "/").lowercased()
        let item = "\(reference.vault)/\(reference.item)".lowercased()
        return
            (entries.first { $0.from.lowercased() == whole } ?? entries.first { $0.from.lowercased() == item })?.to
    }
}

/// A reference of 1Password, taken apart.
package struct OnePasswordReference: Equatable, Sendable {
    package let vault: String
    package let item: String
    /// `[section,] field`.
    package let path: [String]

    /// Whether the code of the moment is meant, which 1Password makes from the field.
    package let isOneTimeCode: Bool

    package var field: String { isOneTimeCode ? FieldName.oneTimeCode.description : path[path.count - 1] }

    /// - Throws: `Failure` for one that is broken or holds variables.
    package init(parsing text: String) throws(Failure) {
        guard text.hasPrefix("op://"), text.utf8.count <= 1_024 else { throw Failure.usage("not an op:// reference") }
        var rest = text.dropFirst(5)
        if let mark = rest.firstIndex(of: "?") {
            isOneTimeCode = rest[mark...] == "?attribute=otp" || rest[mark...] == "?attribute=totp"
            guard isOneTimeCode || rest[mark...] == "?attribute=value" else {
                throw Failure.usage("an op:// reference with \(rest[mark...]): only value and otp are known")
            }
            rest = rest[..<mark]
        } else {
            isOneTimeCode = false
        }
        guard !rest.contains("$") else { throw Failure.usage("an op:// reference with a variable in it") }
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (3...4).contains(parts.count), !parts.contains("") else {
            throw Failure.usage("an op:// reference is op://vault/item/[section/]field")
        }
        vault = parts[0]
        item = parts[1]
        path = Array(parts[2...])
    }
}
