private import Glibc
private import KistPosix
package import SecretMemory

extension Terminal {
    /// The most that can be typed, in bytes.
    private static let longest = 65_536
    /// Dots stop here, so that a long paste does not wrap and its length does not show.
    private static let mostDots = 20

    /// Asks for a secret: no echo, a dot for each character, straight into locked memory.
    ///
    /// However it ends (Enter, Ctrl-C, a signal, a stop), the terminal is put back first; a signal then acts as it
    /// would have. After a stop the question is asked anew. Erase, kill and end-of-file keys work as set in the
    /// terminal.
    ///
    /// - Returns: the bytes, without the end of the line; empty when only Enter was pressed.
    /// - Throws: `Failure` at the end of input, for too long input, and when the terminal belongs to another job.
    package func askSecret(_ question: String) throws(Failure) -> SecretBytes {
        while true {
            try waitForForeground()
            HeldSignals.hold()
            // Stopped, and sent on behind another job, between the two lines above.
            guard isInFront else {
                HeldSignals.release()
                continue
            }
            var saved = termios()
            guard tcgetattr(descriptor, &saved) == 0 else {
                HeldSignals.release()
                throw Failure("the terminal does not answer")
            }
            var quiet = saved
            quiet.c_lflag &= ~tcflag_t(ECHO | ECHOE | ECHOK | ECHONL | ICANON | IEXTEN)
            quiet.c_lflag |= tcflag_t(ISIG)
            Self.setByte(&quiet, VMIN, 1)
            Self.setByte(&quiet, VTIME, 0)
            // TCSAFLUSH: what was typed before the echo went off has been seen, so it is not taken.
            _ = tcsetattr(descriptor, TCSAFLUSH, &quiet)
            show(question)
            var typed = SecretBuffer()
            let end = readLine(&typed, saved, mostDots: dotsAfter(question))
            // After a stop that cannot be caught it may be another job's terminal, whose modes are its own.
            if isInFront {
                // What is still queued was meant as part of the secret; it must not reach the shell.
                if end != .line { tcflush(descriptor, TCIFLUSH) }
                show("\n")
                _ = tcsetattr(descriptor, TCSADRAIN, &saved)
            }
            HeldSignals.release()
            switch end {
            case .line: return typed.finish()
            case .signal(let number): if number != SIGCONT { raise(number) }
            case .endOfInput: throw Failure("nothing was entered")
            case .tooLong: throw Failure.usage("more than 64 KiB were typed; use --file or --stdin")
            }
        }
    }

    /// Several questions for secrets with work between them: what is typed ahead of the next one is not shown either.
    ///
    /// It waits for the foreground first: behind another job the modes are not those to come back to.
    package func askingSecrets<R: ~Copyable>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        try waitForForeground()
        return try QuietEcho.keep(descriptor, body)
    }

    private enum End: Equatable {
        case line
        case signal(Int32)
        case endOfInput
        case tooLong
    }

    private func readLine(_ typed: inout SecretBuffer, _ keys: termios, mostDots: Int) -> End {
        let erase = Self.byte(keys, VERASE), kill = Self.byte(keys, VKILL), end = Self.byte(keys, VEOF)
        let word = Self.byte(keys, VWERASE)
        var dots = 0
        while true {
            switch HeldSignals.wait(for: descriptor) {
            case .signal: if let number = HeldSignals.take() { return .signal(number) }
            case .failed: return .endOfInput
            case .readable:
                var byte: UInt8 = 0
                let count = read(descriptor, &byte, 1)
                if count < 0, errno == EINTR || errno == EAGAIN { continue }
                guard count == 1 else { return .endOfInput }
                defer { byte = 0 }
                if byte == 10 || byte == 13 { return .line }
                if byte == end, byte != 0 {
                    if typed.count == 0 { return .endOfInput }
                    return .line
                }
                if byte == erase || byte == 8 || byte == 127 {
                    typed.removeLastCharacter()
                } else if byte == kill || byte == word {
                    typed.removeAll()
                } else {
                    typed.append(byte)
                }
                if typed.count > Self.longest { return .tooLong }
                dots = redraw(dots, to: min(typed.characters, mostDots))
            }
        }
    }

    /// How many dots fit on the line behind `question`: erasing cannot go back over the edge.
    private func dotsAfter(_ question: String) -> Int {
        guard let width = TerminalWidth.columns(descriptor) else { return Self.mostDots }
        let last = question.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
        let left = width - Phrase(String(last)).columns % width - 1
        return max(1, min(Self.mostDots, left))
    }

    /// Brings the row of dots to the number of characters typed.
    private func redraw(_ shown: Int, to wanted: Int) -> Int {
        if wanted > shown { show(String(repeating: "·", count: wanted - shown)) }
        if wanted < shown {
            var back = String(repeating: "\u{8} \u{8}", count: shown - wanted)
            back.withUTF8 { write(UnsafeRawBufferPointer($0)) }
        }
        return wanted
    }

    private var isInFront: Bool { tcgetpgrp(descriptor) == getpgrp() }

    /// A job in the background must not touch the terminal of the one in front: it stops as if it had read.
    private func waitForForeground() throws(Failure) {
        for _ in 0..<64 where !isInFront { raise(SIGTTIN) }
        guard isInFront else { throw Failure("the terminal belongs to another program") }
    }

    private static func byte(_ keys: termios, _ index: Int32) -> UInt8 {
        withUnsafeBytes(of: keys.c_cc) { $0[Int(index)] }
    }

    private static func setByte(_ keys: inout termios, _ index: Int32, _ value: UInt8) {
        withUnsafeMutableBytes(of: &keys.c_cc) { $0[Int(index)] = value }
    }
}

extension SecretBuffer {
    /// Characters so far: UTF-8 sequences count once.
    fileprivate var characters: Int { withBytes { bytes in bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } } }

    fileprivate mutating func removeAll() { keepFirst(0) }

    fileprivate mutating func removeLastCharacter() {
        let keep = withBytes { bytes -> Int in
            var end = bytes.count
            while end > 0, bytes[end - 1] & 0xC0 == 0x80 { end -= 1 }
            return max(0, end - 1)
        }
        keepFirst(keep)
    }

    private mutating func keepFirst(_ count: Int) {
        let shorter = withBytes { bytes -> SecretBytes in
            SecretBytes(count: count) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
        }
        self = SecretBuffer()
        append(shorter)
    }
}
