private import Glibc
private import KistModel
private import KistPosix
package import NIOHTTP1

/// A line for each request: when, what, with which answer. Never a query, a header or a body.
package struct RequestLog: Sendable {
    private let descriptor: Int32

    /// - Parameter descriptor: -1 for none.
    package init(_ descriptor: Int32) { self.descriptor = descriptor }

    package func note(_ method: HTTPMethod, _ path: String, _ status: HTTPResponseStatus) {
        guard descriptor >= 0 else { return }
        let line = "\(Timestamp(seconds: WallClock.seconds)) \(method.rawValue) \(path) \(status.code)\n"
        // One write: lines of requests that run at the same time do not mix.
        Array(line.utf8).withUnsafeBytes { _ = write(descriptor, $0.baseAddress, $0.count) }
    }
}
