import SecretMemory

/// How `kist env` writes variables, each so that its reader gets the same bytes back, or not at all.
enum EnvFormat: String, CaseIterable {
    /// `export NAME='…'` for sh and its relatives.
    case shell
    /// `NAME='…'` as python-dotenv reads it.
    case dotenv
    /// One object.
    case json
    /// `NAME=…` for `docker --env-file`.
    case docker

    /// Why a value cannot be written; `nil` when it can.
    func obstacle(_ name: String, _ value: UnsafeRawBufferPointer) -> String? {
        let isPlainName =
            !name.isEmpty && !(0x30...0x39).contains(name.utf8.first!)
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
            }
        switch self {
        case .shell:
            if !isPlainName { return "a shell cannot have a variable of that name" }
            if value.contains(0) { return "it contains a NUL byte" }
        case .dotenv:
            if !isPlainName { return "its reader does not take that name" }
            if value.contains(0) { return "it contains a NUL byte" }
            if value.contains(13) { return "its reader changes carriage returns" }
            if !SecretJSON.isUTF8(value) { return "it is not UTF-8" }
            if contains(value, "${") { return "it contains ${, which its reader expands even within quotes" }
        case .docker:
            if name.isEmpty || name.contains("=") || name.contains(" ") { return "docker does not take that name" }
            if value.contains(10) || value.contains(13) || value.contains(0) { return "its reader takes one line only" }
            if !SecretJSON.isUTF8(value) { return "it is not UTF-8" }
        case .json:
            if !SecretJSON.isUTF8(value) { return "it is not UTF-8" }
        }
        return nil
    }

    func append(_ name: String, _ value: UnsafeRawBufferPointer, isFirst: Bool, to text: inout SecretBuffer) {
        switch self {
        case .shell:
            text.append("export \(name)='")
            for byte in value { byte == UInt8(ascii: "'") ? text.append("'\\''") : text.append(byte) }
            text.append("'\n")
        case .dotenv:
            text.append("\(name)='")
            for byte in value {
                if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
                text.append(byte)
            }
            text.append("'\n")
        case .docker:
            text.append("\(name)=")
            text.append(value)
            text.append("\n")
        case .json:
            text.append(isFirst ? "{" : ",")
            var key = name
            key.withUTF8 { _ = SecretJSON.append(UnsafeRawBufferPointer($0), to: &text) }
            text.append(":")
            _ = SecretJSON.append(value, to: &text)
        }
    }

    func end(isEmpty: Bool, _ text: inout SecretBuffer) {
        if self == .json { text.append(isEmpty ? "{}\n" : "}\n") }
    }

    private func contains(_ value: UnsafeRawBufferPointer, _ word: String) -> Bool {
        let word = Array(word.utf8)
        guard value.count >= word.count else { return false }
        return (0...value.count - word.count).contains { start in
            word.indices.allSatisfy { value[start + $0] == word[$0] }
        }
    }
}
