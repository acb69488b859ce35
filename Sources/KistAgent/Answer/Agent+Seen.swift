internal import KistProtocol
internal import KistVault

extension Agent {
    /// Says what another place than the state folder is to remember of the vault, and what it remembers now. Nothing of that
    /// is secret, but only for whom the vault is open it can be judged.
    func seen(_ request: Request, _ client: Client) throws {
        let wanted = try SeenRequest(json: request.params)
        let vault = try session.use(by: client.token)
        guard let memory = vault.memory, let generation = vault.generation else { throw Failures.locked }
        let verdict = try wanted.kept.map { (kept) throws in try Self.verdict(kept, vault, generation) } ?? .none
        reply(client, request.id, SeenResult(verdict: verdict, generation: generation, seen: memory).json)
    }

    private static func verdict(
        _ kept: [UInt8], _ vault: Vault, _ generation: UInt64
    ) throws(AgentFailure) -> SeenResult.Verdict {
        do throws(VaultError) {
            guard let remembered = try vault.compare(withKept: kept) else { return .none }
            return remembered == generation ? .same : .earlier
        } catch {
            switch error {
            case .olderCopy: return .later
            case .forked, .otherVault: return .other
            default: throw Failures.of(error)
            }
        }
    }
}
