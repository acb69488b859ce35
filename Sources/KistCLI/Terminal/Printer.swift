private import Glibc
private import KistPosix

/// Everything `kist` writes goes through here. The rules:
///
/// 1. Results go to standard output, what was noticed on the way to standard error (beginning with `kist: `).
/// 2. Lines for people are made safe to show (`Visible`): no text from the vault, a file or a platform can reach a
///    terminal as a control sequence. `--json` and the values of `get` and `env` are exact instead.
/// 3. Colour only on a terminal, never with `NO_COLOR` set (to anything) or `TERM=dumb`; colour never carries meaning
///    alone.
/// 4. No line is drawn twice, nothing spins: what is printed can be read aloud.
/// 5. Secrets never pass through `String`: `secret` writes locked memory straight to the descriptor.
/// 6. A failed write (full disk, closed pipe) is not lost: `finish` reports it.
package final class Printer {
    private let output: Int32
    private let errors: Int32
    /// Whether standard output is a terminal.
    package let isTerminal: Bool
    private let colours: (output: Bool, errors: Bool)
    /// Before each line of a failure: `<3>` when the journal of a service reads them, which takes it for "error".
    private let mark: [UInt8]
    private var pending: [UInt8] = []
    private var failedWith: Int32 = 0

    package init(output: Int32 = 1, errors: Int32 = 2, environment: Variables = .process) {
        self.output = output
        self.errors = errors
        isTerminal = isatty(output) == 1
        mark = Journal.reads(errors, environment) ? Array("<3>".utf8) : []
        let wanted = environment["NO_COLOR"] == nil && environment["TERM"].map { $0 != "dumb" } ?? false
        colours = (wanted && isTerminal, wanted && isatty(errors) == 1)
    }

    /// Columns of the terminal at standard output; `nil` when it is none (nothing is shortened then).
    package var columns: Int? { TerminalWidth.columns(output) }

    // MARK: For people

    package func line(_ phrases: Phrase...) { line(phrases) }

    package func line(_ phrases: [Phrase]) {
        pending += Array((render(phrases, colour: colours.output) + "\n").utf8)
        if pending.count > 8_192 { flush() }
    }

    /// Text without the end of the line, shown at once ("Checking … ").
    package func part(_ phrases: Phrase...) {
        pending += Array(render(phrases, colour: colours.output).utf8)
        flush()
    }

    /// One line on standard error: `kist: …`.
    package func note(_ phrases: Phrase...) {
        flush()
        write(Array((render(["kist: "] + phrases, colour: colours.errors) + "\n").utf8), to: errors)
    }

    package func failure(_ failure: Failure) {
        flush()
        write(
            mark + Array((render(["kist: ", Phrase(failure.message)], colour: colours.errors) + "\n").utf8), to: errors)
        for line in failure.advice {
            write(mark + Array((render([Phrase("  " + line)], colour: false) + "\n").utf8), to: errors)
        }
    }

    // MARK: For programs

    /// Text that is printed exactly as it is (JSON, completion scripts).
    package func exact(_ text: String) {
        pending += Array(text.utf8)
        if pending.count > 8_192 { flush() }
    }

    /// A secret, exactly; straight from locked memory to standard output.
    package func secret(_ bytes: UnsafeRawBufferPointer) {
        flush()
        write(bytes, to: output)
    }

    /// A secret for a terminal: what `Visible` writes out of text but LF and TAB, and bytes that are no UTF-8, are shown
    /// written out.
    ///
    /// - Returns: how many were.
    package func secretForTerminal(_ bytes: UnsafeRawBufferPointer) -> Int {
        flush()
        var written = 0
        var start = 0
        var index = 0
        while index < bytes.count {
            let (scalar, length) = Self.scalar(bytes, index)
            if let scalar, !Visible.isUnsafe(scalar, true) {
                index += length
                continue
            }
            write(UnsafeRawBufferPointer(rebasing: bytes[start..<index]), to: output)
            write(Array(Visible.escape(scalar ?? Unicode.Scalar(bytes[index])).utf8), to: output)
            index += length
            start = index
            written += 1
        }
        write(UnsafeRawBufferPointer(rebasing: bytes[start...]), to: output)
        return written
    }

    /// A secret as it is, or as `secretForTerminal` on one.
    package func secretAnywhere(_ bytes: UnsafeRawBufferPointer) {
        if isTerminal { _ = secretForTerminal(bytes) } else { secret(bytes) }
    }

    /// Writes out what is pending.
    ///
    /// - Throws: `Failure` when any write failed since the start.
    package func finish() throws(Failure) {
        flush()
        guard failedWith != 0 else { return }
        let reason = failedWith == ENOSPC ? "no space left" : String(cString: strerror(failedWith))
        throw Failure("the output could not be written: \(reason)")
    }

    package func flush() {
        guard !pending.isEmpty else { return }
        write(pending, to: output)
        pending.removeAll(keepingCapacity: true)
    }

    // MARK: -

    /// The character at `index` and its length in bytes; no character and 1 where the bytes are not UTF-8.
    private static func scalar(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> (Unicode.Scalar?, Int) {
        let lead = bytes[index]
        let length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0
        guard length > 0, index + length <= bytes.count else { return (nil, 1) }
        if length == 1 { return (Unicode.Scalar(lead), 1) }
        var value = UInt32(lead) & (0x7F >> UInt32(length))
        for byte in bytes[index + 1..<index + length] {
            guard byte & 0xC0 == 0x80 else { return (nil, 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x1_0000
        guard value >= least, let scalar = Unicode.Scalar(value) else { return (nil, 1) }
        return (scalar, length)
    }

    private func render(_ phrases: [Phrase], colour: Bool) -> String {
        var line = ""
        for phrase in phrases {
            let text = Visible.text(phrase.text)
            if colour, let code = Self.code(phrase.tone), !text.isEmpty {
                line += "\u{1B}[\(code)m\(text)\u{1B}[0m"
            } else {
                line += text
            }
        }
        return line
    }

    private static func code(_ tone: Phrase.Tone) -> Int? {
        switch tone {
        case .plain: nil
        case .good: 32
        case .bad: 31
        case .warning: 33
        case .quiet: 2
        case .strong: 1
        }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { write($0, to: descriptor) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                if descriptor == output, failedWith == 0 { failedWith = errno }
                return
            }
            rest = rest.dropFirst(count)
        }
    }
}
