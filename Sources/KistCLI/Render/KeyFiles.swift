import Glibc
import KistPosix
import SecretMemory

/// Files that a rendered one names: collected first, written just before it, and taken back when it could not be written.
final class KeyFiles {
    private final class Content {
        let bytes: SecretBytes

        init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
    }

    private struct File {
        let folder: String
        let path: String
        let content: Content
    }

    private var files: [File] = []
    /// What was written, and what stood there before.
    private var written: [(path: String, former: Content?)] = []
    private var madeFolders: [String] = []

    var isEmpty: Bool { files.isEmpty }

    /// - Parameter folder: private, and made when it is not there.
    func add(_ content: consuming SecretBytes, as name: String, in folder: String) {
        files.append(File(folder: folder, path: "\(folder)/\(name)", content: Content(content)))
    }

    /// All of them, or none.
    func write(_ printer: Printer) throws(Failure) {
        do throws(Failure) {
            for file in files {
                try make(file.folder)
                var former: Content?
                if (try? FileStatus(of: file.path)) != nil {
                    former = Content(try SecretReader.readFile(file.path, what: "the former key", atMost: 1 << 23))
                }
                try RenderedFile.write(file.content.bytes, to: file.path, overwriting: true, printer)
                written.append((file.path, former))
            }
        } catch {
            undo()
            throw error
        }
    }

    /// As it was before `write`.
    func undo() {
        for (path, former) in written.reversed() {
            if let former { try? PrivateFile.replace(path, with: former.bytes) } else { try? Folder.removeFile(path) }
        }
        for folder in madeFolders.reversed() { rmdir(folder) }
        written = []
        madeFolders = []
    }

    private func make(_ folder: String) throws(Failure) {
        do throws(PosixError) {
            if (try? FileStatus(of: folder)) == nil {
                try Folder.make(folder)
                madeFolders.append(folder)
            }
            let there = try FileStatus(of: folder)
            guard there.kind == .folder, there.mode & 0o077 == 0 else { throw PosixError("private folder", ENOTDIR) }
        } catch { throw Failure("no private folder \(folder) for the key: \(error)") }
    }
}
