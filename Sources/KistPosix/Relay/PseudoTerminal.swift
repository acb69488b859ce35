private import CKistPosix

/// A terminal whose other end this process holds.
package struct PseudoTerminal: ~Copyable {
    /// What is written to it is typed; what the program writes is read from it.
    package let master: Descriptor
    /// The program's end.
    package let slave: Descriptor

    /// - Parameters:
    ///   - like: a terminal whose settings and size it gets.
    ///   - plain: what a program writes comes out unchanged, because that terminal treats it.
    package init(like: Int32, plain: Bool) throws(PosixError) {
        var ends: (Int32, Int32) = (-1, -1)
        let failed = kist_pty_open(like, plain ? 1 : 0, &ends.0, &ends.1)
        guard failed == 0 else { throw PosixError("posix_openpt", failed) }
        master = Descriptor(owning: ends.0)
        slave = Descriptor(owning: ends.1)
        master.setNonblocking(true)
    }

    /// Ends with the program's end closed here: reading tells when the last program has closed its own.
    package consuming func takeMaster() -> Descriptor { master }
}

/// The terminal at a descriptor while every key goes to a program's own terminal.
package enum RawTerminal {
    package static func enter(_ descriptor: Int32) { _ = kist_terminal_raw(descriptor) }

    /// Puts it back as it was before `enter`; nothing without that.
    package static func leave(_ descriptor: Int32) { kist_terminal_restore(descriptor) }

    /// Gives the window size of one terminal to another.
    package static func copySize(from: Int32, to: Int32) { kist_pty_resize(from, to) }
}
