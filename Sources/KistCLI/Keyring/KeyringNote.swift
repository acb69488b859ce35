import KistClient
import KistPosix
import KistProtocol

/// Which generation the keyring was made to remember, so that it is not asked at every unlock.
struct KeyringNote {
    private let path: String
    private let folder: String
    /// `nil` when nothing is known of it.
    let generation: UInt64?
    /// The vault was put there by its owner: what the keyring remembers is of another one.
    let isVoid: Bool

    init(_ places: Places) {
        folder = places.state + "/seen"
        path = folder + "/" + AgentPlace.tag(ofVault: places.vault) + ".keyring"
        let text = (try? File.read(path, most: 64)).map { String(decoding: $0, as: UTF8.self) }
        generation = text.flatMap { UInt64($0) }
        isVoid = text == Self.void
    }

    private static let void = "void"

    func write(_ generation: UInt64) { write("\(generation)") }

    func void() { write(Self.void) }

    private func write(_ text: String) {
        do throws(PosixError) {
            try Folder.make(folder)
            try File.replace(path, with: Array(text.utf8))
        } catch { return }
    }
}
