import Glibc
import KistMasking
import KistPosix
import SecretMemory

/// One stream of a program on its way through the mask to where it was going.
final class RelayedStream {
    /// Where it is read from; non-blocking.
    private let source: Descriptor
    /// Where it goes; not ours to close.
    let target: Int32
    private let isTerminal: Bool
    private var mask: Mask
    private var buffer = SecretBytes(count: 65_536) { _ in }
    /// Masked and not yet written.
    private var pending: [UInt8] = []
    private var written = 0
    /// Nothing more will come.
    private(set) var isEnded = false
    /// Nobody takes it any more; the rest is thrown away.
    private var isBroken = false

    /// Held back no longer than a key's echo may take, when it is so short.
    static let patience: Int32 = 40
    private static let mostReleased = 3
    /// What a pipe or terminal takes at once when it says that it takes anything.
    private static let portion = 4_096

    init(from source: consuming Descriptor, to target: Int32, kind: StreamKind, mask: consuming Mask) {
        self.source = source
        self.target = target
        isTerminal = kind == .terminal
        self.mask = mask
        self.source.setNonblocking(true)
    }

    var descriptor: Int32 { source.raw }
    var hasPending: Bool { written < pending.count }
    /// Whether something waits that should be shown when nothing else comes.
    var waits: Bool { isTerminal && !hasPending && mask.canRelease(atMost: Self.mostReleased) }

    /// Reads what is there, once.
    ///
    /// - Returns: whether anything was.
    @discardableResult
    func read() -> Bool {
        guard !isEnded else { return false }
        let count = buffer.withMutableBytes { Glibc.read(source.raw, $0.baseAddress, $0.count) }
        if count > 0 {
            take(count)
            return true
        }
        // A terminal whose last program has gone answers with an error, a pipe with an end.
        if count == 0 || errno != EAGAIN && errno != EINTR { end() }
        return false
    }

    private func take(_ count: Int) {
        buffer.withBytes { mask.feed(UnsafeRawBufferPointer(rebasing: $0[..<count]), into: &pending) }
        if isBroken { drop() }
    }

    /// Puts out what is held: nothing more will come.
    func end() {
        guard !isEnded else { return }
        isEnded = true
        mask.finish(into: &pending)
        if isBroken { drop() }
    }

    func look(for masked: MaskedValues) { mask.look(for: masked.patterns, labels: masked.labels) }

    func release() { mask.release(atMost: Self.mostReleased, into: &pending) }

    /// Writes a portion; for a target that is ready.
    func write() {
        guard hasPending else { return }
        let count = pending.withUnsafeBytes { bytes in
            Glibc.write(target, bytes.baseAddress! + written, min(Self.portion, pending.count - written))
        }
        if count < 0 {
            if errno == EINTR || errno == EAGAIN { return }
            isBroken = true
            // The reader has gone: so has what the program writes to, if that is a pipe.
            if !isTerminal { isEnded = true }
            return drop()
        }
        written += count
        if written == pending.count { drop() }
    }

    private func drop() {
        pending.removeAll(keepingCapacity: true)
        written = 0
    }
}
