import KistClient
import KistModel

/// What a shell remembers of the last time: which `kist.toml` counted, and how far that went.
///
/// Written into the shell as one word of letters, digits and a colon; it holds no secret.
struct FolderState: Equatable {
    enum Stage: String {
        /// The variables were set.
        case loaded
        /// Nobody has agreed to the file yet.
        case untrusted
        /// The vault was locked.
        case locked
        /// Something else was wrong, and was said.
        case failed
    }

    let stage: Stage
    /// Which file, content, profile and vault.
    let key: String

    /// - Returns: `nil` for the empty text, and for anything else that is not one.
    init?(_ text: String) {
        guard let mark = text.firstIndex(of: ":"), let stage = Stage(rawValue: String(text[..<mark])) else {
            return nil
        }
        self.stage = stage
        key = String(text[text.index(after: mark)...])
    }

    init(_ stage: Stage, _ key: String) {
        self.stage = stage
        self.key = key
    }

    var text: String { "\(stage.rawValue):\(key)" }

    /// The key of a project as it counts now.
    static func key(_ project: FoundProject, _ session: Session) -> String {
        let profile = session.options.profile ?? session.environment.nonEmpty("KIST_PROFILE") ?? ""
        let place = [project.path, session.places.vault, session.environment.nonEmpty("KIST_BUNDLE") ?? "", profile]
        // Told apart, not kept secret: the digest is the file's own.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in place.joined(separator: "\0").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(project.digest.prefix(32)) + String(hash, radix: 16)
    }
}
