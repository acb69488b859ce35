import KistLogins
import KistPlatforms
import Testing

@testable import KistCLI

/// Helpers are known by the names that tools look for.
@Suite struct InvokedAsTests {
    private func tool(_ arguments: String...) -> String? {
        InvokedAs.parse(arguments).map { ([$0.tool.name] + $0.arguments).joined(separator: " ") }
    }

    @Test func toolsFindTheirHelperByItsName() {
        #expect(tool("git-credential-kist", "get") == "git get")
        #expect(tool("/usr/local/bin/docker-credential-kist", "list") == "docker list")
        #expect(tool("kist", "provider", "git", "get") == "git get")
        #expect(tool("kist", "provider", "git", "--help") == nil)
        #expect(tool("kist", "provider", "nothing", "get") == nil)
        #expect(tool("kist", "provider") == nil)
        #expect(tool("kist", "get", "git") == nil)
        #expect(tool() == nil)
    }

    @Test func everyToolHasANameOfItsOwn() {
        let names = Providers.all.map { $0.name }
        #expect(Set(names).count == names.count)
        for tool in Providers.all {
            #expect(!tool.abstract.isEmpty && !tool.example.isEmpty)
            if let program = tool.programName { #expect(Providers.named(program: program) == tool) }
        }
        let setups = Setups.all.map { $0.name }
        #expect(Set(setups).count == setups.count)
    }

    @Test func dockersAddressesAreHosts() {
        #expect(DockerRegistry.query("https://index.docker.io/v1/")?.text == "index.docker.io")
        #expect(DockerRegistry.query("ghcr.io")?.text == "ghcr.io")
        #expect(DockerRegistry.query("localhost:5000")?.text == "localhost:5000")
        #expect(DockerRegistry.query("https://index.docker.io/v1/access-token")?.path == "v1/access-token")
        for bad in ["", "https://", "a b", "h/../x y", "user:p@h", "http://registry.example.com"] {
            #expect(DockerRegistry.query(bad) == nil || bad.contains("/.."), "\(bad)")
        }
    }

    @Test func namesOfNewCredentialsFollowFromTheHost() throws {
        let query = try #require(HostQuery(authority: "[::1]:8080", isSecure: true))
        #expect(LoginStoring.name(query) == "1--8080" || Naming.isFine(LoginStoring.name(query)))
        #expect(
            LoginStoring.name(try #require(HostQuery(authority: "Git.Example.com:8443", isSecure: true)))
                == "git.example.com-8443")
    }
}

private enum Naming {
    static func isFine(_ text: String) -> Bool { (try? Read.credential(text)) != nil }
}
