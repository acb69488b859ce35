private import Glibc
private import KistPosix
package import SecretMemory

/// The person at the controlling terminal (`/dev/tty`), whatever standard input and output are.
///
/// Without one, `Terminal.open` answers `nil` and the caller refuses; nothing is ever asked anywhere else.
package final class Terminal {
    let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    package static func open() -> Terminal? {
        let descriptor = Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        guard isatty(descriptor) == 1 else {
            close(descriptor)
            return nil
        }
        return Terminal(descriptor: descriptor)
    }

    deinit { close(descriptor) }

    /// Shows text; what is not layout is made safe first.
    package func show(_ text: String) {
        var text = Visible.text(text, keepingLayout: true)
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    /// Shows a secret that the user has to see once (a recovery code), straight from locked memory.
    package func showSecret(_ secret: borrowing SecretBytes) { secret.withBytes { write($0) } }

    /// Asks for a line that is not secret.
    ///
    /// - Returns: what was typed without the end of the line, `fallback` for an empty line.
    /// - Throws: `Failure` at the end of input.
    package func ask(_ question: String, fallback: String? = nil) throws(Failure) -> String {
        let line = try QuietEcho.paused { () throws(Failure) in try readLine(after: question) }
        var text = String(decoding: line, as: UTF8.self)
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        return text.isEmpty ? fallback ?? "" : text
    }

    private func readLine(after question: String) throws(Failure) -> [UInt8] {
        show(question)
        var line: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else {
                show("\n")
                throw Failure("nothing was entered")
            }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return line }
            line.append(byte)
            guard line.count <= 65_536 else { throw Failure.usage("the line is too long") }
        }
    }

    /// Asks yes or no; Enter alone means `fallback`. What was typed before the question was shown is no answer to it.
    package func confirm(_ question: String, fallback: Bool = false) throws(Failure) -> Bool {
        while true {
            tcflush(descriptor, TCIFLUSH)
            switch try ask("\(question) [\(fallback ? "Y/n" : "y/N")] ").lowercased() {
            case "": return fallback
            case "y", "yes": return true
            case "n", "no": return false
            default: show("Please answer y or n.\n")
            }
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
