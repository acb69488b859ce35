/// Any table of logins or secrets with named columns: exports of 1Password, Bitwarden, KeePassXC, LastPass, browsers, and
/// tables of one's own.
enum TableSource {
    /// What columns are called elsewhere, in small letters, and what the field is called here.
    private static let known: [String: (field: String, isSecret: Bool)] = [
        "username": ("username", false), "login_username": ("username", false), "user": ("username", false),
        "login name": ("username", false), "email": ("username", false), "user name": ("username", false),
        "password": ("password", true), "login_password": ("password", true),
        "url": ("url", false), "login_uri": ("url", false), "website": ("url", false), "web site": ("url", false),
        "totp": ("totp", true), "login_totp": ("totp", true), "otpauth": ("totp", true), "otp": ("totp", true),
        "notes": ("notes", true), "note": ("notes", true), "extra": ("notes", true), "comments": ("notes", true),
    ]
    private static let titles = ["name", "title", "account"]
    /// Columns that are no part of a credential.
    private static let idle: Set<String> = [
        "group", "folder", "favorite", "fav", "archived", "archive", "tags", "type", "reprompt", "grouping", "icon",
        "last modified", "created", "guid", "httprealm", "formactionorigin", "timecreated", "timelastused",
        "timepasswordchanged", "vault", "collections", "profile", "platform", "expires",
    ]

    static func read(_ table: CSVTable, into foreign: inout Foreign) throws(Failure) {
        let columns = table.columns.map { $0.lowercased() }
        guard let title = titles.compactMap({ columns.firstIndex(of: $0) }).first ?? columns.firstIndex(of: "url")
        else {
            throw Failure.usage(
                "no column says what each line is called", advice: ["name one of the columns  name  or  title"])
        }
        let fields = columns.indices.filter {
            $0 != title && !idle.contains(columns[$0])
        }
        guard !fields.isEmpty else { throw Failure.usage("there is no column with values to keep") }
        for row in table.rows {
            var entry = Foreign.Entry(
                title: foreign.values.text(row.values[title]) ?? "", place: "line \(row.line)", fields: [])
            for column in fields where !foreign.values.isEmpty(row.values[column]) {
                // Bitwarden puts custom fields as "name: value" lines into one column.
                if columns[column] == "fields" {
                    customLines(row.values[column], &entry, &foreign)
                    continue
                }
                let meant = known[columns[column]]
                let name = meant?.field ?? ForeignName.field(table.columns[column])
                guard !entry.fields.contains(where: { $0.name == name }) else { continue }
                entry.fields.append(.init(name: name, value: row.values[column], isSecret: meant?.isSecret))
            }
            foreign.entries.append(entry)
        }
    }

    private static func customLines(_ value: Int, _ entry: inout Foreign.Entry, _ foreign: inout Foreign) {
        var found: [(String, Range<Int>)] = []
        foreign.values.withValue(value) { bytes in
            var start = 0
            for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
                defer { start += line.count + 1 }
                guard let mark = line.firstIndex(of: UInt8(ascii: ":")), mark > line.startIndex,
                    mark + 2 < line.endIndex, line[mark + 1] == 32
                else { continue }
                let name = String(decoding: line[line.startIndex..<mark], as: UTF8.self)
                found.append((name, mark + 2..<line.endIndex))
            }
        }
        for (name, range) in found {
            let name = ForeignName.field(name)
            guard !entry.fields.contains(where: { $0.name == name }) else { continue }
            entry.fields.append(.init(name: name, value: foreign.values.pushPart(of: value, range), isSecret: true))
        }
    }
}
