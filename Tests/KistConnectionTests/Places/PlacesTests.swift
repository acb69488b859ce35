import KistConnection
import KistPosix
import KistTestKit
import Testing

struct PlacesTests {
    private func places(_ environment: [String: String], vault: String? = nil) throws -> Places {
        try Places.fromEnvironment(vault: vault) { environment[$0] }
    }

    @Test func theUsualPlaces() throws {
        let found = try places(["HOME": "/home/ada", "XDG_RUNTIME_DIR": "/run/user/1000"])
        #expect(found.vault == "/home/ada/.local/share/kist/vault.kist")
        #expect(found.state == "/home/ada/.local/state/kist")
        #expect(found.config == "/home/ada/.config/kist")
        #expect(found.runtime == "/run/user/1000/kist")
    }

    @Test func variablesMoveThem() throws {
        let found = try places([
            "HOME": "/home/ada", "XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "/s", "XDG_CONFIG_HOME": "/c",
        ])
        #expect(found.vault == "/d/kist/vault.kist")
        #expect(found.state == "/s/kist")
        #expect(found.config == "/c/kist")
        #expect(found.runtime == nil)
    }

    @Test func relativeOnesAndEmptyOnesDoNotCount() throws {
        let found = try places([
            "HOME": "/home/ada", "XDG_DATA_HOME": "data", "XDG_RUNTIME_DIR": "", "XDG_STATE_HOME": "",
        ])
        #expect(found.vault == "/home/ada/.local/share/kist/vault.kist")
        #expect(found.runtime == nil)
        #expect(try places([:]).home == Process.home)
    }

    @Test func theVaultThatIsNamed() throws {
        let environment = ["HOME": "/home/ada", "KIST_VAULT": "/tmp/from-environment.kist"]
        #expect(try places(environment).vault == "/tmp/from-environment.kist")
        #expect(try places(environment, vault: "/tmp/named.kist").vault == "/tmp/named.kist")
        #expect(try places(["HOME": "/home/ada", "KIST_VAULT": ""]).vault.hasPrefix("/home/ada/"))
    }

    @Test func oneFileHasOnePlaceHoweverItIsNamed() throws {
        let folder = TemporaryFolder()
        try Folder.make(folder.path + "/real")
        let direct = try places(["HOME": "/home/ada"], vault: folder.path + "/real/v.kist")
        let around = try places(["HOME": "/home/ada"], vault: folder.path + "/real/../real/./v.kist")
        #expect(direct == around)
    }

    @Test func pathsTooLongForSocketsAreAnError() throws {
        var found = try places(["HOME": "/home/ada", "XDG_RUNTIME_DIR": "/" + String(repeating: "x", count: 80)])
        #expect(throws: ClientError.self) { try found.socket() }
        found.runtime = "/run/user/1000/kist"
        #expect(try found.socket()?.hasSuffix(".sock") == true)
    }
}
