internal import KistCrypto
internal import KistModel
internal import KistPosix
internal import KistProtocol
internal import KistStore
internal import KistVault
internal import SecretMemory

extension Agent {
    /// Only for who could read the secrets anyway: the vault must be open for this client.
    func folder(_ request: Request, _ segments: consuming SecretSegments, _ client: Client) throws {
        let wanted = try FolderRequest(json: request.params)
        guard segments.count == wanted.files.count else { throw ShapeError("files") }
        _ = try session.use(by: client.token)
        do {
            let path = try folders.make(wanted, segments, poller)
            reply(client, request.id, ["path": .string(path)])
        } catch let error as PosixError {
            throw Failures.of(errno: error.code, "\(error)")
        } catch let error as StartError {
            throw AgentFailure(.notAllowed, error.reason)
        }
    }

    /// Facts for `kist doctor`. With `{deep: true}` every row is read and opened; the vault must be open for this client.
    func doctor(_ request: Request, _ client: Client) throws(AgentFailure) {
        guard request.params["deep"] == .bool(true) else { return reply(client, request.id, .object(facts(client))) }
        let all = Verification(try session.use(by: client.token))
        check(client, request.id) {
            try all.advance(isEnough: $0)
        } finish: { [unowned self] client in
            reply(client, request.id, .object(facts(client) + [JSONMember("verified", .integer(Int64(all.rows)))]))
        }
    }

    private func facts(_ client: Client) -> [JSONMember] {
        let memory = LockedMemory.now
        var members: [JSONMember] = [
            JSONMember("version", .string(AgentProtocol.release)),
            JSONMember("protocol", .integer(AgentProtocol.version)),
            JSONMember("pid", .integer(Int64(Process.id))),
            JSONMember(
                "memory",
                [
                    "inUse": .integer(Int64(memory.inUse)), "highWater": .integer(Int64(memory.highWater)),
                    "mapped": .integer(Int64(memory.mapped)), "locked": .bool(memory.locked),
                    "limit": .integer(Process.lockedMemoryLimit), "swap": .bool(Machine.swapsToDisk),
                ]),
            JSONMember("dumpable", .bool(Hardening.isDumpable)),
            JSONMember("sandbox", sandboxFacts),
            JSONMember("prompter", prompts.place.map { .string($0) } ?? .null),
            JSONMember("clients", .integer(Int64(clients.count))),
            JSONMember("folders", .integer(Int64(folders.count))),
        ]
        if session.isOpen(for: client.token), let facts = try? session.vault?.facts() {
            members.append(JSONMember("vault", Self.json(facts)))
            members.append(JSONMember("audit", auditFacts))
        }
        return members
    }

    private static func json(_ facts: VaultFacts) -> JSONValue {
        let store = facts.store
        return [
            "fingerprint": .string(facts.fingerprint.description),
            "format": .integer(Int64(facts.formatVersion)),
            "slots": .array(facts.slots.map { .string($0) }),
            "costs": .array(
                facts.costs.map { ["passes": .integer(Int64($0.passes)), "memory": .integer(Int64($0.memory))] }),
            "epoch": .integer(Int64(facts.epoch)),
            "generation": facts.generation?.json,
            "credentials": facts.credentials.map { .integer(Int64($0)) },
            "rows": facts.rows.map { .integer(Int64($0)) },
            "indexPages": facts.indexPages.map { .integer(Int64($0)) },
            "anchor": facts.anchor.map { .string($0.rawValue) },
            "anchorUnproved": facts.anchorUnproved?.json,
            "endedSlot": facts.hasEndedSlot.map { .bool($0) },
            "anchorFailure": facts.anchorFailure.map { .integer(Int64($0)) },
            "store": [
                "engine": .string(store.engine), "path": .string(store.path), "size": .integer(store.size),
                "journalMode": .string(store.journalMode), "synchronous": .integer(Int64(store.synchronous)),
                "secureDelete": .bool(store.secureDelete), "trustedSchema": .bool(store.trustedSchema),
                "cellSizeCheck": .bool(store.cellSizeCheck),
                "temporaryStore": .integer(Int64(store.temporaryStore)), "defensive": .bool(store.defensive),
            ],
        ]
    }
}
