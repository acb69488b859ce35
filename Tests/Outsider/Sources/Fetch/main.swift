import AsyncHTTPClient
import Glibc
import KistClient
import KistClientHTTP

/// `Fetch [--token] NAME URL`: one request with the credential of that name; prints the status of the answer.
///
/// With `--token` the credential is a client id and secret, which are changed into an access token first.
var arguments = Array(CommandLine.arguments.dropFirst())
let wantsToken = arguments.first == "--token"
if wantsToken { arguments.removeFirst() }
guard arguments.count == 2 else {
    print("usage: Fetch [--token] NAME URL")
    exit(64)
}
let (name, url) = (arguments[0], arguments[1])
let client = HTTPClient(configuration: .forCredentials)

/// kist run, a bundle, or the vault: whichever there is.
func fetch() async -> Int32 {
    var request = HTTPClientRequest(url: url)
    do throws(CredentialError) {
        let wanted = CredentialRequest(name, reason: "Fetch")
        if wantsToken {
            try await request.authorize(with: .accessTokens(.standard, for: url, through: client), as: wanted)
        } else {
            try await request.authorize(with: .standard, as: wanted)
        }
    } catch {
        print("not sent: \(error)")
        return 1
    }
    do {
        let response = try await client.execute(request, timeout: .seconds(10))
        print(response.status.code)
        return response.status.code == 200 ? 0 : 1
    } catch {
        print("no answer")
        return 2
    }
}

let status = await fetch()
try? await client.shutdown()
exit(status)
