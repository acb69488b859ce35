internal import KistModel
internal import KistPosix

/// Where a bundle lies: its path, and the label under which the vault remembers it.
struct BundlePath: Hashable {
    /// Absolute, without links.
    let path: String

    init(_ text: String) throws(Failure) {
        do throws(PosixError) { path = try Folder.realPath(of: text) } catch {
            throw Failure("\(text): there is no such folder")
        }
    }

    /// The path; of a very long one its end.
    var label: String { Self.label(path) }

    static func label(_ path: String) -> String {
        var label = String(
            String.UnicodeScalarView(
                path.unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? "?" : $0 }))
        guard label.utf8.count > BundleNote.longestLabel else { return label }
        while label.utf8.count > BundleNote.longestLabel - "…".utf8.count { label.unicodeScalars.removeFirst() }
        return "…" + label
    }
}
