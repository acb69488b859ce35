import Glibc
import KistClient
import SecretMemory

/// From a file or folder that the user names to what it holds.
enum ForeignReading {
    /// A larger file is no store of credentials.
    static let longest = 16 << 20

    static func read(_ path: String, as format: ImportFormat?, _ session: Session) throws(Failure) -> Foreign {
        var foreign = Foreign()
        var status = stat()
        let isFolder = path != "-" && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        let format = format ?? ImportFormat.guess(path: path, isFolder: isFolder)
        switch format {
        case .pass, .gopass:
            guard isFolder else { throw Failure.usage("\(path) is not a folder") }
            try PassSource.read(path, into: &foreign) { done, all in
                if done % 25 == 0, all > 25 { session.printer.note("decrypting: \(done) of \(all)") }
            }
            return foreign
        case .keyring:
            try SecretServiceSource.read(session, into: &foreign)
            return foreign
        default: break
        }
        guard !isFolder else { throw Failure.usage("\(path) is a folder") }
        let what = path == "-" ? "standard input" : path
        let file =
            path == "-"
            ? try SecretReader.readAll(0, what: what, atMost: longest)
            : try SecretReader.readFile(path, what: path, atMost: longest)
        if file.withBytes({ $0.starts(with: [0x50, 0x4B, 0x03, 0x04]) }) {
            throw Failure.usage(
                "\(what) is a ZIP archive",
                advice: ["1Password:  unzip -p FILE export.data | kist import - --from 1password"])
        }
        if format == nil || format == .dotenv, !looksLikeJSON(file) || format == .dotenv {
            try variables(file, what, into: &foreign)
            return foreign
        }
        let problem = file.withBytes { bytes -> Failure? in
            do throws(Failure) {
                try read(bytes, what, format, home: session.places.home, into: &foreign)
                return nil
            } catch { return error }
        }
        if let problem { throw problem }
        return foreign
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, _ what: String, _ format: ImportFormat?, home: String,
        into foreign: inout Foreign
    ) throws(Failure) {
        switch format {
        case .csv:
            try TableSource.read(try CSVTable.parse(bytes, what: what, into: &foreign.values), into: &foreign)
        case .keepass:
            try KeePassSource.read(try XMLTree.parse(bytes, what: what, into: &foreign.values), into: &foreign)
        case .yaml:
            try PlainTreeSource.read(try YAMLTree.parse(bytes, what: what, into: &foreign.values), into: &foreign)
        case .aws:
            AWSSource.read(
                try INITree.parse(bytes, isTOML: false, what: what, into: &foreign.values), into: &foreign)
        case .snowflake:
            try SnowflakeSource.read(
                try INITree.parse(bytes, isTOML: true, what: what, into: &foreign.values), home: home,
                into: &foreign)
        case .git: GitSource.read(bytes, into: &foreign)
        default:
            // 1Password and Bitwarden export tables, too.
            if format == .onepassword || format == .bitwarden, !looksLikeJSON(bytes) {
                try TableSource.read(try CSVTable.parse(bytes, what: what, into: &foreign.values), into: &foreign)
                return
            }
            let root = try JSONTree.parse(bytes, what: what, into: &foreign.values)
            switch format ?? ImportFormat.guess(root) {
            case .kist: try KistSource.read(root, into: &foreign)
            case .bitwarden: try BitwardenSource.read(root, into: &foreign)
            case .onepassword: try OnePasswordSource.read(root, into: &foreign)
            case .docker: try DockerSource.read(root, into: &foreign)
            default: try PlainTreeSource.read(root, into: &foreign)
            }
        }
    }

    private static func variables(
        _ file: borrowing SecretBytes, _ what: String, into foreign: inout Foreign
    ) throws(Failure) {
        let dotenv = try Dotenv(parsing: file, path: what)
        foreign.isEnvFile = true
        for (index, entry) in dotenv.entries.enumerated() {
            let value = dotenv.values.withSegment(index) { foreign.values.push($0) }
            foreign.variables.append(.init(name: entry.name, place: "line \(entry.line)", value: value))
        }
        if !dotenv.unexpanded.isEmpty {
            let lines = dotenv.unexpanded.map { "\($0)" }.joined(separator: ", ")
            foreign.notes.append("${…} is taken as it stands in line \(lines)")
        }
    }

    private static func looksLikeJSON(_ file: borrowing SecretBytes) -> Bool {
        file.withBytes { looksLikeJSON($0) }
    }

    private static func looksLikeJSON(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let first = bytes[start...].first { ![32, 9, 10, 13].contains($0) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }
}
