import KistPlatforms
import Testing

@testable import KistCLI

/// B11: a credential or a kist.toml cannot make programs run code.
@Suite struct DangerousNamesTests {
    @Test func everyLineOfSudosTableIsRefused() {
        #expect(DangerousNames.sudo.count >= 55)
        var tried = 0
        for line in DangerousNames.sudo where !line.hasPrefix("*") {
            for name in line.hasSuffix("*") ? ["", "X", "PRELOAD", "9"].map({ line.dropLast() + $0 }) : [line[...]] {
                #expect(DangerousNames.contains(String(name)), "\(name)")
                #expect(refusal(String(name)) != nil)
                #expect(throws: Never.self) {
                    try VariableName.check(String(name), source: "s", allowingDangerous: true)
                }
                tried += 1
            }
        }
        let more = [
            "LD_PRELOAD", "LD_AUDIT", "BASH_FUNC_ls%%", "PYTHONSTARTUP", "PERL5SHELL", "NODE_OPTIONS",
            "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "PATH", "HOME", "KIST_TRUST", "PROMPT_COMMAND", "LESSOPEN",
        ]
        for name in more { #expect(refusal(name) != nil, "\(name)") }
        #expect(tried + more.count + DangerousNames.further.count >= 120)
    }

    /// The whole table, and what came to it, in the `[env]` of a `kist.toml`: no agreement makes it take one.
    @Test func noProjectFileSetsOneOfThem() {
        for line in DangerousNames.sudo + DangerousNames.further where !line.hasPrefix("*") {
            for name in line.hasSuffix("*") ? ["X", "PRELOAD", "9"].map({ line.dropLast() + $0 }) : [line[...]] {
                let text = "[env]\n\"\(name)\" = \"kist://kumo/api_key\"\n"
                let problem = failure { () throws(Failure) in _ = try ProjectFile(parsing: text, path: "kist.toml") }
                #expect(problem != nil || !DangerousNames.contains(String(name)), "\(name)")
                #expect(problem?.message.contains("api_key") != true)
            }
        }
    }

    @Test func theNamesThatPlatformsNeedAreNot() {
        for name in [
            "KUMO_API_KEY", "KUMO_URL", "SNOWFLAKE_HOME", "KASKADA_CLIENT_SECRET", "CDSW_APIV2_KEY", "GITHUB_TOKEN",
            "KAFKA_PASSWORD", "LDAP_PASSWORD", "TERMINAL_KEY", "ENVOY_TOKEN",
        ] {
            #expect(!DangerousNames.contains(name), "\(name)")
        }
    }

    @Test(arguments: [
        "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "no_proxy", "FTP_PROXY", "PIP_INDEX_URL", "UV_INDEX_URL",
        "MY_INDEX_URL", "CARGO_NET_GIT_FETCH_WITH_CLI", "GOPROXY", "GOTOOLCHAIN", "GOFLAGS", "GONOSUMDB", "GOINSECURE",
        "AWS_PAGER", "PSQL_PAGER", "SYSTEMD_EDITOR", "SSL_CERT_FILE", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS", "TF_CLI_ARGS", "DOCKER_HOST", "KUBECONFIG", "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE", "GNUPGHOME", "PKG_CONFIG", "PKG_CONFIG_PATH", "CMAKE_TOOLCHAIN_FILE", "LD", "AR",
    ])
    func whatSendsProgramsElsewhereIsDangerous(_ name: String) {
        #expect(DangerousNames.contains(name))
    }

    @Test func everyPlatformOfKistWorks() throws {
        let catalog = PlatformCatalog(userFolder: nil)
        for entry in catalog.names() {
            let platform = try catalog.load(entry.name)
            for name in platform.environment.compactMap({ $0.name.text(name: "demo", plain: [:]) }) {
                // Two of them name files that Kist itself has put into its own folder.
                #expect(
                    !DangerousNames.contains(name) || DangerousNames.ownFiles.contains(name), "\(entry.name): \(name)")
            }
        }
    }

    @Test func tenThousandBrokenNamesAreRefusedEvenWhenAllowed() {
        var random = Generator(state: 11)
        for _ in 0..<10_000 {
            var name = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                Character(Unicode.Scalar(UInt8.random(in: 0x41...0x5A, using: &random)))
            }
            let breaker: Character = ["=", "\0", "\n", "\r", "\u{1B}"].randomElement(using: &random)!
            name.insert(breaker, at: Int.random(in: 0...name.count, using: &random))
            #expect(throws: Failure.self) { try VariableName.check(String(name), source: "s", allowingDangerous: true) }
        }
        #expect(throws: Failure.self) { try VariableName.check("", source: "s", allowingDangerous: true) }
    }

    @Test func aValueLikeAShellFunctionIsRefused() {
        var block = EnvironmentBlock()
        let problem = failure { () throws(Failure) in
            try block.set("KEY", to: "() { :; }; echo", source: "kumo.api_key", allowingDangerous: false)
        }
        #expect(problem != nil)
    }

    private func refusal(_ name: String) -> Failure? {
        failure { () throws(Failure) in try VariableName.check(name, source: "s", allowingDangerous: false) }
    }
}

func failure(_ body: () throws(Failure) -> Void) -> Failure? {
    do throws(Failure) {
        try body()
        return nil
    } catch { return error }
}
