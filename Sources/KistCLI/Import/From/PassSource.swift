import Glibc
import SecretMemory

/// A folder of `pass` or `gopass`: a file per entry, decrypted by gpg; its first line is the password, `key: value` lines
/// are fields, and the rest are notes.
enum PassSource {
    static func read(_ folder: String, into foreign: inout Foreign, progress: (Int, Int) -> Void) throws(Failure) {
        var files: [String] = []
        try find(folder, "", 0, &files, &foreign)
        files.sort()
        for (index, file) in files.enumerated() {
            progress(index, files.count)
            let text: SecretBytes
            do throws(Failure) {
                text = try ChildOutput.read("gpg", ["--quiet", "--decrypt", "--", "\(folder)/\(file).gpg"])
            } catch {
                throw Failure(
                    "\(file): \(error.message)",
                    advice: ["try it:  gpg --decrypt '\(file).gpg'", "nothing was stored"])
            }
            var entry = Foreign.Entry(title: file, place: file, fields: [])
            split(text, &entry, &foreign.values)
            foreign.entries.append(entry)
        }
    }

    private static func find(
        _ folder: String, _ path: String, _ depth: Int, _ files: inout [String], _ foreign: inout Foreign
    ) throws(Failure) {
        guard depth < 16, let stream = opendir(path.isEmpty ? folder : "\(folder)/\(path)") else {
            throw Failure("\(folder): \(String(cString: strerror(errno)))")
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix(".") else { continue }
            let full = path.isEmpty ? name : "\(path)/\(name)"
            var status = stat()
            guard lstat("\(folder)/\(full)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try find(folder, full, depth + 1, &files, &foreign)
            case S_IFREG where name.hasSuffix(".gpg"):
                files.append(String(full.dropLast(4)))
                guard files.count <= Foreign.mostEntries else {
                    throw Failure.usage("\(folder) has more than \(Foreign.mostEntries) entries")
                }
            case S_IFREG where name.hasSuffix(".age"):
                foreign.leftOut.append("left out (kept with age; try gopass show): \(full)")
            case S_IFLNK: foreign.leftOut.append("left out (a link): \(full)")
            default: break
            }
        }
    }

    /// Takes a decrypted entry apart.
    static func split(_ text: borrowing SecretBytes, _ entry: inout Foreign.Entry, _ values: inout SecretStack) {
        var notes = SecretBuffer(capacity: 64)
        text.withBytes { bytes in
            var isFirst = true
            for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
                let line = line.last == 13 ? line.dropLast() : line
                defer { isFirst = false }
                if isFirst {
                    if !line.isEmpty { add("password", line, secret: true, &entry, &values) }
                } else if line.starts(with: "otpauth://".utf8) {
                    add("totp", line, secret: true, &entry, &values)
                } else if line.elementsEqual("---".utf8) {
                    continue
                } else if let mark = line.firstIndex(of: UInt8(ascii: ":")), mark > line.startIndex,
                    mark + 2 < line.endIndex, line[mark + 1] == 32, mark - line.startIndex <= 64,
                    !line[..<mark].contains(32)
                {
                    let key = String(decoding: line[line.startIndex..<mark], as: UTF8.self)
                    let value = line[(mark + 2)...]
                    switch key.lowercased() {
                    case "user", "username", "login": add("username", value, secret: false, &entry, &values)
                    case "url", "website": add("url", value, secret: false, &entry, &values)
                    default: add(ForeignName.field(key), value, secret: nil, &entry, &values)
                    }
                } else if notes.count > 0 || !line.isEmpty {
                    notes.append(UnsafeRawBufferPointer(rebasing: line))
                    notes.append(UInt8(10))
                }
            }
        }
        let rest = SecretReader.withoutLineEnd(notes.finish())
        if rest.count > 0 {
            entry.fields.append(.init(name: "notes", value: values.push(rest), isSecret: true))
        }
    }

    private static func add(
        _ name: String, _ value: Slice<UnsafeRawBufferPointer>, secret: Bool?, _ entry: inout Foreign.Entry,
        _ values: inout SecretStack
    ) {
        guard !value.isEmpty, !entry.fields.contains(where: { $0.name == name }) else { return }
        entry.fields.append(
            .init(name: name, value: values.push(UnsafeRawBufferPointer(rebasing: value)), isSecret: secret))
    }
}
