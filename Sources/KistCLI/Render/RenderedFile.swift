import Glibc
import KistPosix
import SecretMemory

/// A file made for another program: 0600, there whole or not at all, and left alone when nothing in it changed.
enum RenderedFile {
    /// Into the file that the user named, or onto standard output, where a terminal gets nothing that it would obey.
    static func hand(
        _ text: borrowing SecretBytes, to path: String?, overwriting: Bool, _ printer: Printer
    ) throws(Failure) {
        if let path { return try write(text, to: path, overwriting: overwriting, printer) }
        text.withBytes { printer.secretAnywhere($0) }
    }

    static func write(
        _ text: borrowing SecretBytes, to path: String, overwriting: Bool, _ printer: Printer
    ) throws(Failure) {
        guard !path.isEmpty, !path.hasSuffix("/") else { throw Failure.usage("-o takes the name of a file") }
        guard let there = try? FileStatus(of: path) else {
            try place(text, path)
            return printer.note("wrote \(path), 0600; it holds secrets in clear")
        }
        guard there.kind == .file, there.owner == geteuid() else {
            throw Failure("\(path) is not a regular file of yours, so nothing is written there")
        }
        if there.mode & 0o777 == 0o600, isSame(text, path) { return printer.note("\(path) is what it should be") }
        guard overwriting else {
            throw Failure("\(path) exists already", advice: ["replace it:  --overwrite"])
        }
        try PrivateFile.replace(path, with: text)
        printer.note("replaced \(path), 0600; it holds secrets in clear")
    }

    /// Whether `write` would refuse, before anything that belongs to the file is written.
    static func check(_ text: borrowing SecretBytes, _ path: String, overwriting: Bool) throws(Failure) {
        guard !path.isEmpty, !path.hasSuffix("/") else { throw Failure.usage("-o takes the name of a file") }
        let folder = Folder.parent(of: path) ?? "."
        guard access(folder, W_OK | X_OK) == 0 else {
            throw Failure("\(path) could not be written: \(PosixError("access"))")
        }
        guard let there = try? FileStatus(of: path) else { return }
        guard there.kind == .file, there.owner == geteuid() else {
            throw Failure("\(path) is not a regular file of yours, so nothing is written there")
        }
        guard overwriting || there.mode & 0o777 == 0o600 && isSame(text, path) else {
            throw Failure("\(path) exists already", advice: ["replace it:  --overwrite"])
        }
    }

    /// Under its name only when it is whole, and never over what came there meanwhile.
    private static func place(_ text: borrowing SecretBytes, _ path: String) throws(Failure) {
        let temporary = "\(path).\(getpid()).new"
        try PrivateFile.write(text, to: temporary)
        do throws(PosixError) {
            try Folder.rename(temporary, toNew: path)
            try NameSync.sync(path)
        } catch {
            try? Folder.removeFile(temporary)
            throw Failure("\(path) could not be written: \(error)")
        }
    }

    private static func isSame(_ text: borrowing SecretBytes, _ path: String) -> Bool {
        guard let old = try? SecretReader.readFile(path, what: "the file", atMost: 1 << 23) else { return false }
        return old == text
    }
}
