private import CKistPosix
private import Glibc

/// Who is at the other end of a Unix socket (`SO_PEERCRED`): fixed when the connection was made.
package struct Peer: Hashable, Sendable {
    package let pid: Int32
    package let uid: UInt32
    package let gid: UInt32
}

/// Stream sockets in the file system. All close at exec; none raises SIGPIPE.
package enum UnixSocket {
    /// The longest path of a socket, in bytes (`sun_path` less its NUL).
    package static let longestPath = 107

    /// Binds and listens at `path`, which must not exist; the mode follows the umask.
    package static func listen(at path: String, backlog: Int32 = 128) throws(PosixError) -> Descriptor {
        let socket = try make()
        let failed = withBytes(of: path) { kist_unix_bind(socket.raw, $0, $1) }
        guard failed == 0 else { throw PosixError("bind", failed) }
        guard Glibc.listen(socket.raw, backlog) == 0 else { throw PosixError("listen") }
        socket.setNonblocking(true)
        return socket
    }

    /// Connects; fails at once when nobody listens (`ECONNREFUSED`) or nothing is there (`ENOENT`).
    ///
    /// - Parameter milliseconds: for which it is waited when who listens takes nobody in and has a full queue (`EAGAIN`
    ///   then); without end for `nil`.
    package static func connect(to path: String, milliseconds: Int? = nil) throws(PosixError) -> Descriptor {
        let socket = try make()
        if let milliseconds {
            var limit = timeval(tv_sec: milliseconds / 1_000, tv_usec: max(1, milliseconds % 1_000 * 1_000))
            let size = socklen_t(MemoryLayout<timeval>.size)
            guard setsockopt(socket.raw, SOL_SOCKET, SO_SNDTIMEO, &limit, size) == 0 else {
                throw PosixError("SO_SNDTIMEO")
            }
        }
        var failed: Int32
        repeat { failed = withBytes(of: path) { kist_unix_connect(socket.raw, $0, $1) } } while failed == EINTR
        guard failed == 0 else { throw PosixError("connect", failed) }
        return socket
    }

    /// The next waiting connection, non-blocking; `nil` when none waits (any more).
    package static func accept(_ listener: Int32) throws(PosixError) -> Descriptor? {
        let raw = kist_accept(listener)
        if raw >= 0 { return Descriptor(owning: raw) }
        switch errno {
        case EAGAIN, EINTR, ECONNABORTED: return nil
        default: throw PosixError("accept4")
        }
    }

    /// Two connected sockets.
    package static func makePair() throws(PosixError) -> SocketPair {
        var ends: [Int32] = [-1, -1]
        guard kist_unix_pair(&ends) == 0 else { throw PosixError("socketpair") }
        return SocketPair(one: Descriptor(owning: ends[0]), other: Descriptor(owning: ends[1]))
    }

    package static func peer(of socket: Int32) throws(PosixError) -> Peer {
        var (pid, uid, gid): (Int32, UInt32, UInt32) = (0, 0, 0)
        let failed = kist_peer(socket, &pid, &uid, &gid)
        guard failed == 0 else { throw PosixError("SO_PEERCRED", failed) }
        return Peer(pid: pid, uid: uid, gid: gid)
    }

    /// The process that connected, as a handle that is not given to a later process of the same number; readable when it
    /// has ended. `nil` for one that has ended already.
    package static func peerProcess(of socket: Int32) -> Descriptor? {
        var raw = kist_peer_process(socket)
        // Before Linux 6.5 the number has to do.
        if raw < 0, errno == ENOPROTOOPT, let peer = try? peer(of: socket) { raw = kist_pidfd_open(peer.pid) }
        return raw >= 0 ? Descriptor(owning: raw) : nil
    }

    /// Reads once into two parts, the second only after the first is full.
    ///
    /// - Returns: bytes read, 0 at the end, `nil` when nothing is there now.
    package static func receive(
        _ socket: Int32, _ first: UnsafeMutableRawBufferPointer,
        _ second: UnsafeMutableRawBufferPointer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    ) throws(PosixError) -> Int? {
        let got = kist_recv2(socket, first.baseAddress, first.count, second.baseAddress, second.count)
        if got >= 0 { return got }
        if got == -Int(EAGAIN) { return nil }
        throw PosixError("recv", Int32(-got))
    }

    /// Sends once from two parts, in order.
    ///
    /// - Returns: bytes sent, `nil` when the socket takes nothing now.
    package static func send(
        _ socket: Int32, _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) throws(PosixError) -> Int? {
        let sent = kist_send2(socket, first.baseAddress, first.count, second.baseAddress, second.count)
        if sent >= 0 { return sent }
        if sent == -Int(EAGAIN) { return nil }
        throw PosixError("send", Int32(-sent))
    }

    /// Waits until `socket` can be read or written, or has ended.
    ///
    /// - Returns: `false` when `milliseconds` passed first.
    package static func wait(_ socket: Int32, toWrite: Bool, milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: socket, events: Int16(toWrite ? POLLOUT : POLLIN), revents: 0)
        return poll(&entry, 1, max(0, milliseconds)) > 0
    }

    /// How many bytes have come and were not read.
    package static func waiting(_ socket: Int32) -> Int {
        var count: Int32 = 0
        return ioctl(socket, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    /// The next bytes, left where they are.
    ///
    /// - Returns: how many, 0 at the end, `nil` when nothing is there now.
    package static func peek(_ socket: Int32, into bytes: UnsafeMutableRawBufferPointer) throws(PosixError) -> Int? {
        while true {
            let got = recv(socket, bytes.baseAddress, bytes.count, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
            if got >= 0 { return got }
            if errno == EAGAIN { return nil }
            if errno != EINTR { throw PosixError("recv") }
        }
    }

    /// Whether the other side has closed, without reading anything.
    package static func hasEnded(_ socket: Int32) -> Bool {
        var entry = pollfd(fd: socket, events: 0, revents: 0)
        return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLHUP | POLLERR) != 0
    }

    private static func make() throws(PosixError) -> Descriptor {
        let raw = kist_unix_socket()
        guard raw >= 0 else { throw PosixError("socket") }
        return Descriptor(owning: raw)
    }

    private static func withBytes<R>(of path: String, _ body: (UnsafePointer<CChar>, UInt32) -> R) -> R {
        path.withCString { body($0, UInt32(strlen($0))) }
    }
}

/// Two connected sockets.
package struct SocketPair: ~Copyable {
    package var one: Descriptor
    package var other: Descriptor

    /// Keeps the first and closes the other.
    package consuming func takeOne() -> Descriptor { one }
}
