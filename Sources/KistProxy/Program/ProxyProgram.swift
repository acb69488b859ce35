private import Glibc
private import KistPosix
private import KistProtocol
private import SecretMemory

/// `kist-proxy`: reads one frame from descriptor 3, listens on this machine alone, says where, serves until its owner ends.
///
/// With `--log` descriptor 4 gets a line for each request. (Without being told, 4 could be any descriptor of our own.)
package enum ProxyProgram {
    /// - Returns: the exit status: 1 when nobody asked properly or nothing could be listened on.
    package static func main() async -> Int32 {
        let socket = Descriptor(owning: 3)
        guard let frame = try? ProxyFrame.receive(socket) else { return 1 }
        do {
            let order = try ProxyOrder(frame.header)
            let log: Int32 = CommandLine.arguments.contains("--log") ? 4 : -1
            let owner = try Process.watch(order.owner).release()
            let substitution = Substitution(frame.takeSegments())
            let server = try await ProxyServer.start(order, substitution, log: RequestLog(log))
            try ProxyFrame.send(.object([JSONMember("port", .integer(Int64(server.port)))]), socket)
            // What it holds goes with the process.
            try Process.startThread {
                while !UnixSocket.wait(owner, toWrite: false, milliseconds: .max) {}
                _exit(0)
            }
            try await server.serve()
            return 0
        } catch {
            try? ProxyFrame.send(.object([JSONMember("problem", .string(words(error)))]), socket)
            return 1
        }
    }

    /// No text of an order is repeated: it may be anything.
    private static func words(_ error: any Error) -> String {
        switch error {
        case is PathRule.Malformed: "a rule is METHOD PATH, such as GET /v1/*; * stands at the end only"
        case let error as PosixError: "\(error)"
        case let error as ProxyServer.CannotListen: "port \(error.port) cannot be listened on"
        default: "the proxy did not understand its order"
        }
    }
}
