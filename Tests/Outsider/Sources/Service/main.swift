import AsyncHTTPClient
import Glibc
import Hummingbird
import KistClient
import KistClientHTTP

/// A small service in front of Kumo: `GET /connectors` asks it with the credential `kumo`, `GET /health` says whether
/// the credential is there. `Service PORT UPSTREAM`.
struct Kumo: Sendable {
    let client: HTTPClient
    let upstream: String
    /// One question to the vault every minute at most, however many requests come in.
    let credentials: RefreshingSource = .refreshing(.standard, keeping: .seconds(60))

    func connectors() async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: upstream + "/v1/connectors")
        try await request.authorize(with: credentials, as: CredentialRequest("kumo", reason: "Service"))
        return try await client.execute(request, timeout: .seconds(10))
    }
}

guard CommandLine.arguments.count == 3, let port = Int(CommandLine.arguments[1]) else {
    print("usage: Service PORT UPSTREAM")
    exit(64)
}
let client = HTTPClient(configuration: .forCredentials)
let kumo = Kumo(client: client, upstream: CommandLine.arguments[2])

let router = Router()
router.get("health") { _, _ -> Response in
    do {
        let found = try await kumo.credentials.require("kumo")
        let end = found.expires.map { "until \($0)" } ?? "without an end"
        return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "kumo, \(end)\n")))
    } catch let error as CredentialError {
        // For whoever runs the service; it names the reason, never a value.
        print(error)
        return Response(
            status: .serviceUnavailable, body: .init(byteBuffer: ByteBuffer(string: "\(error.reason)\n")))
    }
}
router.get("connectors") { _, _ -> Response in
    do {
        let answer = try await kumo.connectors()
        return Response(status: .init(code: Int(answer.status.code)))
    } catch let error as CredentialError {
        print(error)
        return Response(status: .serviceUnavailable)
    }
}

let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
try await application.runService()
try await client.shutdown()
