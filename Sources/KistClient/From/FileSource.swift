private import Glibc
internal import KistModel
internal import KistPlatforms
internal import KistPosix
internal import SecretMemory

/// Files that hold one value each: a key file, Docker's `/run/secrets`, a secret that Kubernetes has mounted.
///
/// For a credential there is either one file, which is its main secret, or a folder with one file for each field:
///
/// ```
/// /run/secrets/kumo                  the API key
/// /run/secrets/snowflake/account     plain and secret fields by their names
/// /run/secrets/snowflake/password
/// ```
///
/// One line break at the end of a file is not part of the value. Links are followed. A file must be this user's or
/// root's, and nobody else may write it; one of this user's must be closed to all others (`chmod 600`). At most 1 MiB is
/// read. Files are read at every request, so a changed mount is noticed; see ``RefreshingSource`` to read less often.
public struct FileSource: CredentialProvider {
    private let path: String
    /// With a slash behind it, so that a request puts two texts together and no more.
    private let folder: String
    private let name: String?
    private let profile: String?
    static let longest = 1 << 20

    /// - Parameters:
    ///   - path: with `name` the file or folder of this one credential, without it a folder of such. Absolute is best.
    ///   - name: the only credential that is here.
    ///   - profile: the profile whose credentials these are; files have none.
    public init(_ path: String, for name: String? = nil, profile: String? = nil) {
        self.path = path
        folder = path + "/"
        self.name = name
        self.profile = profile
    }

    /// `file`.
    public var sourceName: String { "file" }

    /// What the file or folder of that name holds; `nil` when there is none.
    public func credential(for request: CredentialRequest) async throws(CredentialError) -> Credential? {
        guard request.fits(profile: profile) else { return nil }
        // A proper name has no slash and no leading dot, so it stays in the folder.
        let asked = try request.checkedName(sourceName).description
        if let name, name != asked { return nil }
        let place = name == nil ? folder + asked : path
        let status: FileStatus
        do { status = try FileStatus(of: place, followingLinks: true) } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw CredentialError(.unavailable, source: sourceName, "\(place): \(error)")
        }
        let platformName = request.platform ?? asked
        let platform = PlatformShelf.shared.platform(platformName)
        var found = FoundFields()
        if status.kind == .folder {
            try readFolder(place, platform, into: &found)
            guard !found.secrets.isEmpty else { return nil }
        } else {
            found.secrets[Self.mainField(platform)] = Secret(try Self.read(place))
        }
        return try found.credential(
            asked, platformName, platform, profile: request.profile ?? profile, source: sourceName
        ) { field in status.kind == .folder ? "\(place)/\(field)" : place }
    }

    private func readFolder(
        _ folder: String, _ platform: Platform?, into found: inout FoundFields
    ) throws(CredentialError) {
        let names: [String]
        do throws(PosixError) { names = try Folder.names(in: folder) } catch {
            throw CredentialError(.unavailable, source: sourceName, "\(folder): \(error)")
        }
        let plain = Set((platform?.fields ?? []).filter { !$0.isSecret }.map(\.name))
        for name in names.sorted() {
            // Kubernetes keeps its own things in names with dots before them.
            guard (try? FieldName(name)) != nil else { continue }
            let value = try Self.read(folder + "/" + name)
            if plain.contains(name) {
                found.plain[name] = value.withBytes { String(decoding: $0, as: UTF8.self) }
            } else {
                found.secrets[name] = Secret(value)
            }
        }
    }

    private static func mainField(_ platform: Platform?) -> String {
        let variants = platform?.variants.map { Optional($0.name) } ?? []
        for variant in variants.isEmpty ? [nil] : variants {
            if let field = platform?.mainField(variant: variant) { return field.name }
        }
        return "value"
    }

    private static func read(_ path: String) throws(CredentialError) -> SecretBytes {
        let value = try PrivateFileReading.read(path, most: longest, source: "file") { status in
            // What is mounted for a container is root's and open to the container; there is nobody else in it.
            status.owner == 0 || status.mode & 0o077 == 0 ? nil : "others can read it; chmod 600"
        }
        return withoutLineBreak(value)
    }

    private static func withoutLineBreak(_ value: consuming SecretBytes) -> SecretBytes {
        let end = value.withBytes { bytes in
            var end = bytes.count
            if end > 0, bytes[end - 1] == 0x0A { end -= 1 }
            if end > 0, bytes[end - 1] == 0x0D { end -= 1 }
            return end
        }
        return end == value.count ? value : value.slice(0..<end)
    }
}

extension CredentialProvider where Self == FileSource {
    /// Files that hold one value each, in a folder with a file or folder for each credential; or those of one
    /// credential, which has to be named then.
    public static func file(_ path: String, for name: String? = nil, profile: String? = nil) -> FileSource {
        FileSource(path, for: name, profile: profile)
    }
}
