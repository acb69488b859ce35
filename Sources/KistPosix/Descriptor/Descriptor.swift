private import CKistPosix
private import Glibc

/// An open file descriptor with one owner; closed when the owner goes.
package struct Descriptor: ~Copyable {
    package let raw: Int32

    /// - Parameter raw: a descriptor that nobody else closes.
    package init(owning raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// Gives the descriptor away, for a process that is about to be replaced.
    package consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }

    package borrowing func setNonblocking(_ on: Bool) { _ = kist_set_nonblock(raw, on ? 1 : 0) }

    package borrowing func setCloseOnExec(_ on: Bool) { _ = kist_set_cloexec(raw, on ? 1 : 0) }

    /// Reads once, restarted after signals. 0 means the end.
    package borrowing func read(into bytes: UnsafeMutableRawBufferPointer) throws(PosixError) -> Int {
        let got = kist_recv(raw, bytes.baseAddress, bytes.count)
        guard got >= 0 else { throw PosixError("read", Int32(-got)) }
        return got
    }

    /// Reads until `bytes` is full.
    ///
    /// - Throws: also when the other side ends before (`EPIPE`).
    package borrowing func readWhole(into bytes: UnsafeMutableRawBufferPointer) throws(PosixError) {
        var done = 0
        while done < bytes.count {
            let got = try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[done...]))
            guard got > 0 else { throw PosixError("read", EPIPE) }
            done += got
        }
    }

    /// The next `count` bytes.
    package borrowing func readWhole(_ count: Int) throws(PosixError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { raw in Result { () throws(PosixError) in try readWhole(into: raw) } }.get()
        return bytes
    }

    /// Writes everything to a file or pipe, restarted after signals.
    package borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(PosixError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(raw, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw PosixError("write")
            }
            rest = rest.dropFirst(count)
        }
    }

    package borrowing func write(_ bytes: [UInt8]) throws(PosixError) {
        try bytes.withUnsafeBytes { raw in Result { () throws(PosixError) in try write(raw) } }.get()
    }

    /// `fsync(2)`: what was written survives a power cut.
    package borrowing func sync() throws(PosixError) {
        guard fsync(raw) == 0 else { throw PosixError("fsync") }
    }

    /// A pipe: what is written to `writing` can be read from `reading`. Both close at exec.
    package static func makePipe() throws(PosixError) -> PipeEnds {
        var ends: [Int32] = [-1, -1]
        guard kist_pipe(&ends) == 0 else { throw PosixError("pipe2") }
        return PipeEnds(reading: Descriptor(owning: ends[0]), writing: Descriptor(owning: ends[1]))
    }
}

/// The two ends of a pipe.
package struct PipeEnds: ~Copyable {
    package var reading: Descriptor
    package var writing: Descriptor

    /// Keeps the end to read from and closes the other.
    package consuming func takeReading() -> Descriptor { reading }
}

extension Descriptor {
    /// Replaces the whole content of an open file.
    package borrowing func overwrite(_ bytes: [UInt8]) throws(PosixError) {
        guard ftruncate(raw, 0) == 0, lseek(raw, 0, SEEK_SET) == 0 else { throw PosixError("ftruncate") }
        try write(bytes)
    }
}

/// For descriptors that came with the start of the program.
package enum CloseOnExec {
    package static func set(_ descriptor: Int32) { _ = kist_set_cloexec(descriptor, 1) }
}
