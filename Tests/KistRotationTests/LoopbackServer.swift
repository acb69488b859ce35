import Glibc
import KistPosix
import Synchronization

/// A server on 127.0.0.1 that writes down what it gets and answers with bytes of the test's choice, HTTP or not.
final class LoopbackServer: Sendable {
    enum Behaviour: Sendable {
        /// Sends these bytes and closes.
        case send([UInt8])
        /// Sends these bytes over and over until the other side has had enough.
        case flood([UInt8], first: [UInt8])
        /// Sends these bytes before anything is asked, and closes after the first bytes that come.
        case greet([UInt8])
        /// Takes the request and says nothing.
        case silence
    }

    let port: UInt16
    private let listener: Int32
    private let requests = Mutex<[String]>([])

    init(_ behaviour: Behaviour) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                precondition(bind(listener, raw, length) == 0 && listen(listener, 16) == 0)
                getsockname(listener, raw, &length)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
        let started: Void? = try? Process.startThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                serve(connection, behaviour)
                close(connection)
            }
        }
        precondition(started != nil)
    }

    convenience init(_ response: String) { self.init(.send(Array(response.utf8))) }

    /// A plain answer with that status and body.
    convenience init(status: Int, _ body: String = "[]", headers: String = "") {
        self.init(
            "HTTP/1.1 \(status) Words\r\n\(headers)Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
        )
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Every request so far, head and body.
    var received: [String] { requests.withLock { $0 } }

    private func serve(_ connection: Int32, _ behaviour: Behaviour) {
        if case .greet(let bytes) = behaviour {
            write(connection, bytes)
            var part = [UInt8](repeating: 0, count: 65_536)
            let count = recv(connection, &part, part.count, 0)
            requests.withLock { $0.append(String(decoding: part[..<max(0, count)], as: UTF8.self)) }
            return
        }
        let request = read(connection)
        requests.withLock { $0.append(request) }
        switch behaviour {
        case .send(let bytes): write(connection, bytes)
        case .flood(let bytes, let first):
            guard write(connection, first) else { return }
            while write(connection, bytes) {}
        case .greet: break
        case .silence:
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
        }
    }

    private func read(_ connection: Int32) -> String {
        var text = ""
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &part, part.count, 0)
            guard count > 0 else { return text }
            text += String(decoding: part[..<count], as: UTF8.self)
            guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
            let lengthLine = text[..<end.lowerBound].split(separator: "\r\n").first {
                $0.lowercased().hasPrefix("content-length:")
            }
            let length = lengthLine.flatMap { Int($0.dropFirst(15).trimmingPrefix(" ")) } ?? 0
            if text[end.upperBound...].utf8.count >= length { return text }
        }
    }

    @discardableResult
    private func write(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    deinit { close(listener) }
}
