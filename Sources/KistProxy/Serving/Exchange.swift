import AsyncAlgorithms
import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// One request and its answer, bodies handed through as they come.
struct Exchange: Sendable {
    let guarding: RequestGuard
    let substitution: Substitution
    /// Where the platform is given its credential; in lower case.
    let fields: Set<String>
    let client: HTTPClient
    let origin: String
    let log: RequestLog

    typealias Inbound = NIOAsyncChannelInboundStream<HTTPServerRequestPart>
    typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    typealias Body = AsyncThrowingChannel<ByteBuffer, any Error>

    /// Answers the requests of one connection, one after the other.
    func serve(_ connection: ProxyServer.Connection) async {
        try? await connection.executeThenClose { inbound, outbound in
            var parts = inbound.makeAsyncIterator()
            while let part = try await parts.next() {
                guard case .head(let head) = part else { return }
                guard try await answer(head, &parts, outbound) else { return }
            }
        }
    }

    /// - Returns: whether the connection goes on.
    private func answer(
        _ head: HTTPRequestHead, _ parts: inout Inbound.AsyncIterator, _ outbound: Outbound
    ) async throws -> Bool {
        let target: RequestTarget
        do throws(RequestGuard.Refusal) {
            target = try guarding.admit(head)
        } catch {
            try await refuse(head, error, outbound)
            return false
        }
        let prepared: HTTPHeaders?
        do throws(RequestHeaders.Misplaced) {
            prepared = try RequestHeaders.forPlatform(head.headers, substitution, in: fields)
        } catch {
            let text = "the stand-in belongs into \(fields.sorted().joined(separator: " or ")) only"
            try await refuse(head, RequestGuard.Refusal(status: .badRequest, text: text), outbound, target.path)
            return false
        }
        guard let headers = prepared else {
            let text = "no header holds the stand-in that this proxy was started with"
            try await refuse(head, RequestGuard.Refusal(status: .unauthorized, text: text), outbound, target.path)
            return false
        }
        var request = HTTPClientRequest(url: origin + target.path + target.query)
        request.method = head.method
        request.headers = headers
        if head.headers["expect"].first?.lowercased() == "100-continue" {
            try await outbound.write(.head(HTTPResponseHead(version: head.version, status: .continue)))
        }
        guard hasBody(head) else {
            // Its end.
            guard case .end? = try await parts.next() else { return false }
            return try await forward(request, head, target, outbound)
        }
        let body = Body()
        request.body = .stream(body, length: length(head))
        let finished = request
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                // A platform that answers early wants no more of the body.
                defer { body.finish() }
                return try await forward(finished, head, target, outbound)
            }
            var isWhole = false
            while let part = try await parts.next() {
                if case .body(let bytes) = part { await body.send(bytes) }
                if case .end = part {
                    isWhole = true
                    break
                }
            }
            if isWhole { body.finish() } else { body.fail(CancellationError()) }
            return try await group.next() == true && isWhole
        }
    }

    private func forward(
        _ request: HTTPClientRequest, _ head: HTTPRequestHead, _ target: RequestTarget, _ outbound: Outbound
    ) async throws -> Bool {
        let response: HTTPClientResponse
        do { response = try await client.execute(request, deadline: .distantFuture) } catch {
            let text = "the platform could not be asked"
            try await refuse(head, RequestGuard.Refusal(status: .badGateway, text: text), outbound, target.path)
            return false
        }
        let headers = RequestHeaders.fromPlatform(response.headers)
        let answer = HTTPResponseHead(version: head.version, status: response.status, headers: headers)
        log.note(head.method, target.path, response.status)
        try await outbound.write(.head(answer))
        for try await bytes in response.body { try await outbound.write(.body(.byteBuffer(bytes))) }
        try await outbound.write(.end(nil))
        return head.isKeepAlive
    }

    private func refuse(
        _ head: HTTPRequestHead, _ refusal: RequestGuard.Refusal, _ outbound: Outbound, _ path: String = "-"
    ) async throws {
        log.note(head.method, path, refusal.status)
        let text = ByteBuffer(string: "kist proxy: \(refusal.text)\n")
        var headers = HTTPHeaders([("content-type", "text/plain; charset=utf-8"), ("connection", "close")])
        headers.add(name: "content-length", value: String(text.readableBytes))
        headers.add(name: "cache-control", value: "no-store")
        try await outbound.write(
            .head(HTTPResponseHead(version: head.version, status: refusal.status, headers: headers)))
        try await outbound.write(.body(.byteBuffer(text)))
        try await outbound.write(.end(nil))
    }

    private func hasBody(_ head: HTTPRequestHead) -> Bool {
        head.headers.contains(name: "transfer-encoding") || announced(head) > 0
    }

    private func length(_ head: HTTPRequestHead) -> HTTPClientRequest.Body.Length {
        if head.headers.contains(name: "transfer-encoding") { return .unknown }
        return .known(announced(head))
    }

    private func announced(_ head: HTTPRequestHead) -> Int64 {
        head.headers["content-length"].first.flatMap { Int64($0) } ?? 0
    }
}
