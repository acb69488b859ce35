internal import KistModel
internal import KistPosix
internal import KistProtocol
internal import KistVault
internal import SecretMemory

/// The table of methods.
extension Agent {
    func answer(_ request: Request, _ segments: consuming SecretSegments, _ client: Client) {
        do {
            guard let method = Method(rawValue: request.method) else {
                throw AgentFailure.invalid("method")
            }
            try admit(method, client)
            try recordFirst(method, request, client)
            if Self.hasRowsToWaitFor(method) { lastWanted = clock.nanoseconds() }
            do {
                switch method {
                case .hello: try hello(request, client)
                case .status: reply(client, request.id, status(for: client).json)
                case .initialise: try initialise(request, segments, client)
                case .unlock: try unlock(request, segments, client)
                case .lock:
                    cancelUnlocks()
                    noteOpened()
                    session.close(entry("lock", purpose: "asked", for: client))
                    reply(client, request.id, .empty)
                case .retire:
                    cancelUnlocks()
                    noteOpened()
                    session.close(entry("lock", purpose: "retire", for: client))
                    reply(client, request.id, .empty)
                    end()
                case .list: try list(request, client)
                case .show: try show(request, client)
                case .reveal: try reveal(request, client)
                case .put: try put(request, segments, client)
                case .remove: try remove(request, client)
                case .history: try history(request, client)
                case .restore: try restore(request, client)
                case .profiles: try profiles(request, client)
                case .profileCreate: try profileCreate(request, client)
                case .profileCopy: try profileCopy(request, client)
                case .profileRemove: try profileRemove(request, client)
                case .folder: try folder(request, segments, client)
                case .backup: try backup(request, client)
                case .backupOpen: try backupOpen(request, segments, client)
                case .backupPart: try backupPart(request, segments, client)
                case .backupEnd: try backupEnd(request, client)
                case .keep: try keep(request, segments, client)
                case .kept: try kept(request, client)
                case .reject: try reject(request, segments, client)
                case .policy: try policy(request, client)
                case .seen: try seen(request, client)
                case .doctor: try doctor(request, client)
                case .audit: try audit(request, client)
                case .auditVerify: try auditVerify(request, segments, client)
                case .rekey: try rekey(request, segments, client)
                case .rekeyStatus: try rekeyStatus(request, client)
                case .slots: try slots(request, client)
                case .slotAdd, .slotChange, .slotRemove, .slotTest: try changeSlots(method, request, segments, client)
                case .sealer: try sealer(request, client)
                case .seal: try seal(request, client)
                }
            } catch let error as ShapeError { throw AgentFailure.invalid(error.member) }
        } catch let failure as AgentFailure {
            // The file under us is another one: what we know of the vault is no longer true.
            recordRefusal(failure)
            if failure.kind == .replaced { session.close(entry("lock", purpose: "replaced", for: client)) }
            reply(client, request.id, failure)
        } catch {
            let failure = Failures.io("\(error)")
            recordRefusal(failure)
            reply(client, request.id, failure)
        }
    }

    /// `hello` goes first. After another protocol's, nothing runs but `retire`, which is the same in every version.
    private func admit(_ method: Method, _ client: Client) throws(AgentFailure) {
        if method == .hello || method == .retire { return }
        switch client.greeting {
        case .said: return
        case .none: throw .invalid("hello must come first")
        case .refused: throw versionFailure
        }
    }

    private var versionFailure: AgentFailure {
        AgentFailure(
            .version, "this agent speaks another protocol",
            facts: [
                JSONMember("protocol", .integer(AgentProtocol.version)),
                JSONMember("version", .string(AgentProtocol.release)),
                JSONMember("pid", .integer(Int64(Process.id))),
            ])
    }

    private func hello(_ request: Request, _ client: Client) throws {
        let params = try JSONFields(request.params, "params")
        guard try params.integer("protocol") == AgentProtocol.version else {
            client.greeting = .refused
            throw versionFailure
        }
        let version = try params.string("version")
        // It ends up in the history, which people read on terminals.
        guard version.utf8.count <= 64, version.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
            throw ShapeError("version")
        }
        // Two vaults must not be taken for each other, whatever led the client here.
        if let wanted = try params.stringIfPresent("vault"), wanted != options.vault {
            throw AgentFailure(.notAllowed, "this agent has another vault")
        }
        client.greeting = .said(version)
        let hello = Hello(
            protocol: AgentProtocol.version, version: AgentProtocol.release, state: session.state(for: client.token),
            pid: Process.id, vault: options.vault)
        reply(client, request.id, hello.json)
    }

    private func status(for client: Client) -> AgentStatus {
        let left = session.left(for: client.token)
        let vault = session.isOpen(for: client.token) ? session.vault : nil
        let memory = LockedMemory.now
        var status = AgentStatus(
            state: session.state(for: client.token), vault: options.vault,
            fingerprint: vault?.fingerprint.description, generation: vault?.generation,
            credentials: vault?.credentialCount.map { UInt64($0) }, idle: left?.idle, maximum: left?.maximum,
            pid: Process.id, version: AgentProtocol.release, started: started, lockedBytes: Int64(memory.inUse),
            isMemoryLocked: memory.locked, isDumpable: Hardening.isDumpable,
            anchor: vault?.anchorStatus.map { AgentStatus.Anchor(rawValue: $0.rawValue) ?? .unknown } ?? .unknown)
        status.isUnseen = (try? session.anchors.load())?.isEmpty ?? true
        status.renewRecovery = vault?.needsNewRecovery ?? false
        return status
    }
}
