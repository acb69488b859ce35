internal import KistProtocol
internal import SecretMemory

/// From a whole frame to its answer in the queue.
extension Agent {
    func serve(_ frame: consuming IncomingFrame, _ client: Client) {
        lastRequest = clock.nanoseconds()
        hasServed = true
        client.deadline = nil
        // Before every request, not only by the timer.
        expire()
        let request: Request
        switch frame.header {
        case .failure:
            reply(client, nil, .invalid("the header is not JSON of the agreed form"))
            client.isClosing = true
            return
        case .success(let json):
            do { request = try Request(json: json) } catch {
                return reply(client, json["id"]?.integer, .invalid(error.member))
            }
        }
        answer(request, frame.takeSegments(), client)
    }

    /// Queues an answer without segments.
    func reply(_ client: Client, _ id: Int64, _ result: JSONValue) {
        reply(client, SecretSegments()) { Response(id: id, .result(result)).json.encode(into: &$0) }
    }

    func reply(_ client: Client, _ id: Int64?, _ failure: AgentFailure) {
        reply(client, SecretSegments()) { Response(id: id, .failure(failure)).json.encode(into: &$0) }
    }

    /// Queues one frame; `write` appends the header's JSON.
    func reply(
        _ client: Client, _ segments: borrowing SecretSegments, _ write: (inout [UInt8]) -> Void
    ) {
        if !replyIfItFits(client, segments, write) { client.isClosing = true }
    }

    /// - Returns: `false` when the frame passes a limit; nothing is queued then.
    func replyIfItFits(
        _ client: Client, _ segments: borrowing SecretSegments, _ write: (inout [UInt8]) -> Void
    ) -> Bool {
        guard clients[client.token] != nil else { return true }
        do {
            try answers.append(to: client, segments, write)
            return true
        } catch { return false }
    }
}
