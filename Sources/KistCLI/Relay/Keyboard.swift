import Glibc
import KistPosix
import SecretMemory

/// What is typed at our terminal on its way to the program's.
final class Keyboard {
    let input: Int32
    let master: Int32
    /// What was read and not yet taken; it may be a passphrase.
    private var buffer = SecretBytes(count: 1_024) { _ in }
    private var start = 0
    private var end = 0
    private(set) var isEnded = false

    init(from input: Int32, to master: Int32) {
        self.input = input
        self.master = master
    }

    var hasPending: Bool { start < end }

    /// Whether we have the terminal: only then may its settings be touched and its keys be read.
    var isForeground: Bool { tcgetpgrp(input) == getpgrp() }

    /// Sends a signal to those who have the program's terminal now, as a key there would.
    func send(_ number: Int32) {
        let group = tcgetpgrp(master)
        if group > 1 { kill(-group, number) }
    }

    func read() {
        let count = buffer.withMutableBytes { Glibc.read(input, $0.baseAddress, $0.count) }
        if count > 0 { (start, end) = (0, count) } else if count == 0 || errno != EINTR { isEnded = true }
    }

    func write() {
        let (from, to) = (start, end)
        let count = buffer.withBytes { Glibc.write(master, $0.baseAddress! + from, to - from) }
        if count < 0 {
            if errno != EAGAIN && errno != EINTR { start = end }
        } else {
            start += count
        }
        if start == end { buffer.withMutableBytes { _ = memset($0.baseAddress!, 0, $0.count) } }
    }
}
