private import Glibc
private import KistPosix

/// The words of a command byte for byte: a file's name need not be UTF-8, and `String` would change what is not.
package struct ExactCommand {
    /// Each with its NUL.
    let words: [[CChar]]

    /// - Parameter words: the end of this process's own arguments, as text. They are taken from there as they are;
    ///   words that do not stand there (in tests) as they are written.
    package init(_ words: [String]) {
        let before = Arguments.count - words.count
        var exact: [[CChar]] = []
        for (index, word) in words.enumerated() where before >= 0 {
            guard let argument = Arguments.raw(before + index), String(cString: argument).utf8.elementsEqual(word.utf8)
            else { break }
            exact.append(Array(UnsafeBufferPointer(start: argument, count: strlen(argument) + 1)))
        }
        self.words = exact.count == words.count ? exact : words.map { Array($0.utf8CString) }
    }

    /// The path of its program, with its NUL.
    ///
    /// - Throws: `Failure` with 126 or 127.
    package func program() throws(Failure) -> [CChar] {
        let path = getenv("PATH").map { UnsafeRawBufferPointer(start: $0, count: strlen($0)) }
        let name = words.first?.dropLast() ?? []
        switch ProgramSearch.findBytes(name.map { UInt8(bitPattern: $0) }, path: path.map(Array.init)) {
        case .path(let path): return path.map { CChar(bitPattern: $0) } + [0]
        case .notExecutable(let there):
            throw Failure(
                "\(String(decoding: there, as: UTF8.self)) is not a program that can be executed",
                code: ExitCode.notExecutable)
        case .missing:
            let name = String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw Failure("\(name) was not found", code: ExitCode.noProgram)
        }
    }

    /// Calls `body` with a null-ended array for `execve`; the pointers hold only within it.
    func withPointers<R>(
        before: [[CChar]] = [], dropping count: Int = 0,
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var pointers: [UnsafeMutablePointer<CChar>?] = (before + words.dropFirst(count)).map { word in
            word.withUnsafeBufferPointer { strdup($0.baseAddress!) }
        }
        defer { for pointer in pointers { free(pointer) } }
        pointers.append(nil)
        return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    }
}

/// Arguments of Kist's own that are not UTF-8: as text they would mean something else than was typed.
enum ChangedArguments {
    /// The position of the first one, counted from 1, or `nil`. What stands behind the `--` of `run` is not Kist's.
    ///
    /// - Parameter given: the arguments of this process without its own name.
    static func first(in given: [String]) -> Int? {
        guard Arguments.count == given.count + 1 else { return nil }
        var own = given[...]
        if let mark = given.firstIndex(of: "--"), given[..<mark].contains("run") { own = given[..<mark] }
        for (index, argument) in own.enumerated() where argument.unicodeScalars.contains("\u{FFFD}") {
            guard let raw = Arguments.raw(index + 1) else { continue }
            let bytes = UnsafeRawBufferPointer(start: raw, count: strlen(raw))
            if !SecretJSON.isUTF8(bytes) { return index + 1 }
        }
        return nil
    }
}
