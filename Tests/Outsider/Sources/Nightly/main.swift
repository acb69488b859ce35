import Glibc
import KistClient

/// A job for cron: it takes its credentials before it begins, and says with its exit status why it cannot.
/// `Nightly [--secrets FOLDER] NAME…` prints what it would work with; the values stay where they are.
///
/// 0 everything is there · 1 one is missing or does not fit · 3 the vault is locked · 4 one has expired
func run() async -> Int32 {
    var names = Array(CommandLine.arguments.dropFirst())
    var sources: [any CredentialProvider] = [EnvironmentSource()]
    if names.count >= 2, names[0] == "--secrets" {
        sources.append(FileSource(names[1]))
        names.removeFirst(2)
    }
    sources += [BundleSource(), AgentSource()] as [any CredentialProvider]
    let provider = ChainSource(sources)
    guard !names.isEmpty else {
        print("usage: Nightly [--secrets FOLDER] NAME…")
        return 64
    }
    do throws(CredentialError) {
        for name in names {
            let found = try await provider.require(CredentialRequest(name, reason: "nightly job"))
            print(try describe(found))
        }
        return 0
    } catch {
        print(error)
        switch error.reason {
        case .locked: return 3
        case .expired: return 4
        default: return 1
        }
    }
}

/// What is known without a secret.
func describe(_ credential: Credential) throws(CredentialError) -> String {
    switch credential.platform {
    case "snowflake":
        let snowflake = try SnowflakeCredentials(credential)
        let way =
            switch snowflake.proof {
            case .password: "password"
            case .keyPair(_, let passphrase): passphrase == nil ? "key pair" : "key pair with a passphrase"
            case .programmaticToken: "programmatic token"
            case .oauthToken: "OAuth token"
            }
        return "\(credential.name): Snowflake \(snowflake.account) as \(snowflake.user ?? "-") by \(way)"
    case "kaskada", "oauth2-client-credentials":
        let client = try ClientCredentials(credential)
        return "\(credential.name): client \(client.clientID) at \(client.tokenURL)"
    default:
        let key = try APIKey(credential)
        return "\(credential.name): a key of \(key.key.count) bytes for header \(key.header)"
    }
}

exit(await run())
