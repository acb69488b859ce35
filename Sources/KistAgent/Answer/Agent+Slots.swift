internal import KistProtocol
internal import SecretMemory

extension Agent {
    func slots(_ request: Request, _ client: Client) throws {
        throw AgentFailure(.invalid, "slots cannot be listed yet")
    }

    func changeSlots(
        _ method: Method, _ request: Request, _ segments: consuming SecretSegments, _ client: Client
    ) throws {
        throw AgentFailure(.invalid, "slots cannot be changed yet")
    }
}
