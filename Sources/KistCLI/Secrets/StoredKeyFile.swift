import Glibc
import KistCrypto
import SecretMemory

/// Files that hold a key or a second factor as text.
enum StoredKeyFile {
    /// - Returns: the 32 bytes.
    static func read(_ path: String, _ kind: StoredKeyText) throws(Failure) -> SecretBytes {
        try decode(try SecretReader.readPrivateFile(path, what: "the file of \(word(kind))"), path, kind)
    }

    /// A file that the service manager made for this service: in a folder that nobody else reaches, and perhaps with an
    /// access list, which the mode shows as rights of the group.
    static func readCredential(_ path: String) throws(Failure) -> SecretBytes {
        try decode(try SecretReader.readPrivateFile(path, what: "the credential", groupMayRead: true), path, .key)
    }

    /// A new file, 0600, never in place of another.
    static func write(_ key: borrowing SecretBytes, _ kind: StoredKeyText, to path: String, vault: String)
        throws(Failure)
    {
        let comment =
            switch kind {
            case .key:
                ["Kist: opens \(vault) without a passphrase.", "Whoever can read this file can open that vault."]
            case .factor:
                ["Kist: the second factor of a passphrase of \(vault).", "Without it that passphrase opens nothing."]
            }
        try PrivateFile.write(kind.file(key, comment: comment.map { Visible.text($0) }), to: path)
    }

    private static func decode(
        _ file: borrowing SecretBytes, _ path: String, _ kind: StoredKeyText
    ) throws(Failure) -> SecretBytes {
        guard let key = kind.decode(file) else {
            throw Failure(
                "\(path) holds no \(kind == .key ? "key" : "second factor") of Kist, or it was damaged",
                advice: ["it is one line that begins with kist-\(kind == .key ? "key" : "factor")-"],
                code: ExitCode.notOpened)
        }
        return key
    }

    private static func word(_ kind: StoredKeyText) -> String { kind == .key ? "the key" : "the second factor" }
}
