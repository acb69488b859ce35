private import Glibc
internal import KistModel
internal import KistPosix
internal import KistProtocol
internal import KistProviders
internal import SecretMemory

/// A program that answers one line of JSON for one line of JSON: `kist provider json`, or one of your own.
///
/// ```
/// → {"id":1,"credential":"kumo","profile":"prod","reason":"nightly"}
/// ← {"id":1,"credential":"kumo","platform":"kumo","secret":["api_key"],"fields":{"url":"https://…","api_key":"…"}}
/// ← {"id":1,"error":{"kind":"notFound","message":"there is no such credential"}}
/// ```
///
/// The program is started for each request, without a shell, with the caller's environment, `/dev/null` for its errors and
/// no other open file; its answer goes straight into locked memory. An answer to a request for a profile must
/// name that profile; the words of its errors are not repeated. It is ended when the task is cancelled or the
/// deadline has passed. Hold what it gives with ``RefreshingSource``.
public struct ProcessSource: CredentialProvider {
    private let program: String
    private let arguments: [String]
    private let profile: String?
    private let deadline: Duration
    private static let source = "process"

    /// - Parameters:
    ///   - program: its absolute path; it is not searched for.
    ///   - arguments: behind its name. Everybody on the machine can see them: no secrets.
    ///   - profile: for requests that name none.
    ///   - deadline: until an answer must be there.
    public init(
        _ program: String, arguments: [String] = [], profile: String? = nil, deadline: Duration = .seconds(30)
    ) {
        self.program = program
        self.arguments = arguments
        self.profile = profile
        self.deadline = deadline
    }

    /// `process`.
    public var sourceName: String { Self.source }

    /// What the program answers; `nil` when it says `notFound`.
    public func credential(for request: CredentialRequest) async throws(CredentialError) -> Credential? {
        let name = try request.checkedName(sourceName)
        let named = try request.checkedProfile(profile, sourceName)
        let asked = request.profile == nil && profile == nil ? nil : named
        let reason = request.reason
        guard program.utf8.first == UInt8(ascii: "/"), !(program + arguments.joined()).utf8.contains(0) else {
            throw Self.failed(.invalid, "the program's path is not absolute")
        }
        return try await OwnThreads.shared.run(deadline: deadline, source: Self.source) {
            [program, arguments] (pending) throws(CredentialError) in
            let line = try Self.ask(program, arguments, (name, asked, reason), pending)
            return try Self.credential(line, name, asked)
        }
    }

    /// On a thread of our own.
    private static func ask(
        _ program: String, _ arguments: [String],
        _ request: (name: CredentialName, profile: ProfileName?, reason: String?), _ pending: Pending<Credential?>
    ) throws(CredentialError) -> SecretBytes {
        do {
            let question = try LineQuestion.encode(request.name, profile: request.profile, reason: request.reason)
            var pair = try UnixSocket.makePair()
            let child = try ChildProcess(
                program, arguments: arguments, environment: Environment.entries, input: pair.other, bothWays: true)
            // Only the program has its end now, so its end is seen here.
            pair.other = Descriptor(owning: -1)
            let socket = pair.takeOne()
            let answer = pending.watching(socket.raw) { () -> Answer in
                do throws(PosixError) { return .line(try exchange(question, socket)) } catch { return .failed(error) }
            }
            // Ended with its value, whatever it still does.
            _ = consume child
            switch consume answer {
            case .line(let line)?: return line
            case .failed(let error)?: throw failed(.unavailable, "\(program): \(error)")
            case nil: throw failed(.cancelled, "nobody waits any more")
            }
        } catch let error as CredentialError { throw error } catch let error as ProviderRefusal {
            throw failed(.invalid, "\(error)")
        } catch { throw failed(.unavailable, "\(program): \(error)") }
    }

    private enum Answer: ~Copyable {
        case line(SecretBytes)
        case failed(PosixError)
    }

    /// Sends the question and its end, then reads one line.
    private static func exchange(
        _ question: borrowing SecretBytes, _ socket: borrowing Descriptor
    ) throws(PosixError) -> SecretBytes {
        // A program may answer without reading: then its answer counts, and not that nobody took the question.
        do throws(PosixError) { try send(question, socket) } catch { guard isGone(error) else { throw error } }
        shutdown(socket.raw, Int32(SHUT_WR))
        var line = SecretBuffer(capacity: 4_096)
        while line.count <= LineReply.longest {
            let count = try line.append(atMost: 4_096) { (target) throws(PosixError) in
                do throws(PosixError) { return try socket.read(into: target) } catch {
                    guard isGone(error) else { throw error }
                    return 0
                }
            }
            let end = line.withBytes { bytes in bytes[(bytes.count - count)...].firstIndex(of: 0x0A) }
            if let end { return line.finish().slice(0..<end) }
            if count == 0 { throw PosixError("it ended without an answer", EPIPE) }
        }
        throw PosixError("its answer", EFBIG)
    }

    /// Never by write(2): a program that has ended would end this one with SIGPIPE.
    private static func send(
        _ question: borrowing SecretBytes, _ socket: borrowing Descriptor
    ) throws(PosixError) {
        var sent = 0
        while sent < question.count {
            sent += try question.withBytes { (bytes) throws(PosixError) in
                try UnixSocket.send(socket.raw, UnsafeRawBufferPointer(rebasing: bytes[sent...])) ?? 0
            }
        }
    }

    private static func isGone(_ error: PosixError) -> Bool { error.code == EPIPE || error.code == ECONNRESET }

    private static func credential(
        _ line: borrowing SecretBytes, _ name: CredentialName, _ profile: ProfileName?
    ) throws(CredentialError) -> Credential? {
        let outcome: Result<Credential?, CredentialError>
        do throws(ProviderRefusal) {
            let reply = try LineReply.read(line)
            var fields: [Credential.Field] = []
            for field in reply.names {
                let value = try reply.field(field)
                if value.isSecret {
                    fields.append(Credential.Field(field, .secret(Secret(value.value.copy()))))
                } else {
                    fields.append(.plain(field, value.value.withBytes { String(decoding: $0, as: UTF8.self) }))
                }
            }
            outcome = judge(reply, name, profile, fields)
        } catch { throw failed(.damaged, "the answer is not of the protocol: \(error)") }
        return try outcome.get()
    }

    private static func judge(
        _ reply: borrowing LineReply, _ name: CredentialName, _ profile: ProfileName?, _ fields: [Credential.Field]
    ) -> Result<Credential?, CredentialError> {
        if let failure = reply.failure {
            if failure.kind == "notFound" { return .success(nil) }
            // Its own words may hold anything, and errors are logged.
            let (reason, words) = refusals[failure.kind] ?? (.unavailable, "the program has no answer")
            return .failure(failed(reason, words))
        }
        guard reply.credential == name.description else {
            return .failure(failed(.damaged, "it answered for another credential"))
        }
        // Whoever asked for one profile must not get the credential of another under the same name.
        if let profile, reply.profile != profile.description {
            return .failure(failed(.damaged, "it answered for another profile, or did not say for which"))
        }
        if let end = reply.expires, end.seconds <= WallClock.seconds {
            return .failure(failed(.expired, "\(name) expired on \(end.date)"))
        }
        return .success(
            Credential(
                reply.credential, profile: reply.profile ?? "default", platform: reply.platform,
                variant: reply.variant, expires: reply.expires.map { Moment($0) }, revision: reply.revision,
                fields: fields))
    }

    /// By the kinds of the protocol.
    private static let refusals: [String: (CredentialError.Reason, String)] = [
        "locked": (.locked, "the program says that its vault is locked"),
        "notOpened": (.locked, "the program could not open its vault"),
        "invalid": (.invalid, "the program does not take the request"),
        "expired": (.expired, "the program says that the credential has expired"),
        "refused": (.refused, "the program refuses"),
    ]

    private static func failed(_ reason: CredentialError.Reason, _ message: String) -> CredentialError {
        CredentialError(reason, source: source, message)
    }
}

extension CredentialProvider where Self == ProcessSource {
    /// A program that answers one line of JSON for one line of JSON.
    public static func process(
        _ program: String, arguments: [String] = [], profile: String? = nil, deadline: Duration = .seconds(30)
    ) -> ProcessSource {
        ProcessSource(program, arguments: arguments, profile: profile, deadline: deadline)
    }
}
