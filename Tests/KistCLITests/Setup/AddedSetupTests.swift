import ArgumentParser
import Glibc
import KistModel
import Testing

@testable import KistCLI

/// What is done to files that people have written by hand: what Kist does not know stays to the letter, and all of it comes back.
@Suite final class AddedSetupTests {
    let home: String

    init() throws {
        var template = Array("/tmp/kist-setup-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        home = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = system("rm -rf \(home)") }

    func place(_ words: [String] = [], as name: String? = nil) -> SetupPlace {
        SetupPlace(
            environment: Variables([:]), home: home, program: "/opt/kist/kist",
            overview: { (_) throws(Failure) in
                Overview(
                    profile: .default, name: try Read.credential("cloud"), platform: "gcp-workload-identity",
                    plain: [
                        PlainField(name: try Read.field("audience"), value: "//iam.googleapis.com/x\"y"),
                        PlainField(
                            name: try Read.field("subject_token_type"), value: "urn:ietf:params:oauth:token-type:jwt"),
                        PlainField(name: try Read.field("token_url"), value: "https://sts.googleapis.com/v1/token"),
                        PlainField(name: try Read.field("service_account"), value: "a@p.iam.gserviceaccount.com"),
                    ])
            }, words: words, name: name)
    }

    /// The text of the one file after the edits.
    func after(_ tool: any ToolSetup.Type, _ place: SetupPlace, _ file: String, _ text: String?, undo: Bool = false)
        throws -> String?
    {
        let path = "\(home)/\(file)"
        if let text {
            _ = system("mkdir -p $(dirname \(path))")
            let stream = try #require(fopen(path, "we"))
            fputs(text, stream)
            fclose(stream)
        }
        for edit in try tool.edits(place, undo: undo) {
            guard case .file(let edited, _, let after) = edit else { continue }
            #expect(edited == path)
            return after
        }
        return nil
    }

    @Test func theCommandThatTakesItBackSaysAllOfIt() throws {
        #expect(place(["work"]).undoing("aws") == "kist setup aws work --undo")
        #expect(place(["work"], as: "default").undoing("aws") == "kist setup aws work --as default --undo")
        #expect(place(["c"], as: "a;b$c").undoing("kubectl") == "kist setup kubectl c --as 'a;b$c' --undo")
        let words = ["aws", "work", "--as", "default", "--undo"]
        let read = try #require(try KistCommand.parseAsRoot(["setup"] + words) as? SetupCommand)
        #expect(read.undo && read.name == "default" && read.words == ["work"])
    }

    static let cargo = """
        # mine
        [net]
        retry = 3

        [registry]
        default = "local"   # not the public one
        global-credential-providers = ["cargo:libsecret", "cargo:token"]

        [registries.local]
        index = "sparse+https://crates.example/"

        """

    @Test func cargoKeepsWhatIsThere() throws {
        let file = ".cargo/config.toml"
        let made = try #require(try after(CargoSetup.self, place(), file, Self.cargo))
        #expect(made.contains("global-credential-providers = [\"cargo:libsecret\", \"cargo:token\", \"kist\"]\n"))
        #expect(made.contains("[credential-alias]\nkist = [\"\(home)/.local/bin/cargo-credential-kist\"]\n"))
        for line in Self.cargo.split(separator: "\n") where !line.contains("providers") { #expect(made.contains(line)) }
        #expect(try after(CargoSetup.self, place(), file, made) == made)
        #expect(try after(CargoSetup.self, place(), file, made, undo: true) == Self.cargo)
    }

    @Test func cargoStartsFromNothing() throws {
        let file = ".cargo/config.toml"
        let made = try #require(try after(CargoSetup.self, place(), file, nil))
        #expect(made.hasSuffix("[registry]\nglobal-credential-providers = [\"cargo:token\", \"kist\"]\n"))
        let undone = try after(CargoSetup.self, place(), file, made, undo: true)
        #expect((undone ?? "").allSatisfy { $0 == "\n" })
    }

    /// What would have to be understood to be changed is left to its owner.
    @Test(arguments: [
        "[registry]\nglobal-credential-providers = [\n  \"cargo:token\",\n]\n",
        "[registry]\nglobal-credential-providers = [\"cargo:token\"] # why\n",
    ])
    func cargoLeavesWhatItCannotRead(text: String) {
        #expect(throws: Failure.self) { try after(CargoSetup.self, place(), ".cargo/config.toml", text) }
    }

    static let kubeconfig = """
        apiVersion: v1
        clusters:
        - cluster:
            server: https://10.0.0.1:6443
          name: here
        contexts: []
        kind: Config
        preferences: {}
        users:
        - name: somebody
          user:
            token: x

        """

    @Test func kubectlKeepsWhatIsThere() throws {
        let file = ".kube/config"
        let made = try #require(try after(KubectlSetup.self, place(["prod"]), file, Self.kubeconfig))
        #expect(made.contains("users:\n- name: \"prod\"\n  user:\n    exec:\n"))
        #expect(made.hasSuffix("- name: somebody\n  user:\n    token: x\n"))
        #expect(try after(KubectlSetup.self, place(["prod"]), file, made) == made)
        #expect(try after(KubectlSetup.self, place(["prod"]), file, made, undo: true) == Self.kubeconfig)
        // The depth of a list is everywhere the same.
        let deep = Self.kubeconfig.replacing(
            "- name: somebody\n  user:\n    token", with: "  - name: somebody\n    user:\n      token")
        let deeper = try #require(try after(KubectlSetup.self, place(["prod"]), file, deep))
        #expect(deeper.contains("users:\n  - name: \"prod\"\n    user:\n      exec:\n"))
        #expect(try after(KubectlSetup.self, place(["prod"]), file, deeper, undo: true) == deep)
        // Users that others made stay theirs.
        #expect(throws: Failure.self) {
            try after(KubectlSetup.self, place(["prod"], as: "somebody"), file, Self.kubeconfig)
        }
        #expect(throws: Failure.self) {
            try after(KubectlSetup.self, place(["prod"], as: "a: b"), file, Self.kubeconfig)
        }
        #expect(throws: Failure.self) { try after(KubectlSetup.self, place(["prod"]), file, "{\"kind\":\"Config\"}") }
    }

    /// A key without a value would read as null, which some readers take for no list.
    @Test(arguments: ["users: []", "users: null"])
    func kubectlTakesBackTheLastUserAsKubectlDoes(_ empty: String) throws {
        let file = ".kube/config"
        let start = "apiVersion: v1\nkind: Config\n\(empty)\ncurrent-context: \"\"\n"
        let left = start.replacing(empty, with: "users: []")
        let made = try #require(try after(KubectlSetup.self, place(["prod"]), file, start))
        #expect(made.contains("users:\n- name: \"prod\"\n"))
        #expect(try after(KubectlSetup.self, place(["prod"]), file, made, undo: true) == left)
        let alone = try #require(try after(KubectlSetup.self, place(["prod"]), file, ""))
        let undone = try after(KubectlSetup.self, place(["prod"]), file, alone, undo: true)
        #expect(undone == "apiVersion: v1\nkind: Config\nusers: []\n")
        #expect(try after(KubectlSetup.self, place(["prod"]), file, undone) == alone)
    }

    @Test func googlesFileHoldsNoSecretAndIsJSON() throws {
        let made = try #require(try after(GCPSetup.self, place(["cloud"]), ".config/kist/gcp/cloud.json", nil))
        #expect(made.contains(#""audience": "//iam.googleapis.com/x\"y","#))
        #expect(made.contains(#""command": "/opt/kist/kist provider gcp cloud""#))
        #expect(made.contains("serviceAccounts/a%40p.iam.gserviceaccount.com:generateAccessToken"))
        #expect(try after(GCPSetup.self, place(["cloud"]), ".config/kist/gcp/cloud.json", made, undo: true) == nil)
        #expect(try after(GCPSetup.self, place(["cloud"]), ".config/kist/gcp/cloud.json", made) == made)
    }

    /// A name is no way to another file, and what stands in the file is ours or stays.
    @Test func googlesFileIsNobodyElses() throws {
        let file = ".config/kist/gcp/cloud.json"
        let made = try #require(try after(GCPSetup.self, place(["cloud"]), file, nil))
        for name in ["../../gcloud/application_default_credentials", "a/b", "/etc/x", "", "a b", "a\nb"] {
            for undo in [false, true] {
                #expect(throws: Failure.self) { try GCPSetup.edits(place(["cloud"], as: name), undo: undo) }
            }
        }
        for other in [
            "{\"type\": \"authorized_user\"}\n", "mine\n", made + "{\"refresh_token\": \"x\"}\n",
            made.replacing("provider gcp cloud", with: "other"),
        ] {
            #expect(throws: Failure.self) { try after(GCPSetup.self, place(["cloud"]), file, other) }
            #expect(throws: Failure.self) { try after(GCPSetup.self, place(["cloud"]), file, other, undo: true) }
        }
        // Taken back is only what these words have set up.
        let others = made.replacing("provider gcp cloud", with: "provider gcp cloud2")
        #expect(throws: Failure.self) { try after(GCPSetup.self, place(["cloud"]), file, others, undo: true) }
    }

    @Test(arguments: ["null", "true", "123", "1e3", "-", "~"])
    func aNameIsATextToYAML(_ name: String) throws {
        let made = try #require(try after(KubectlSetup.self, place(["prod"], as: name), ".kube/config", nil))
        #expect(made.contains("- name: \"\(name)\"\n"))
        #expect(throws: Failure.self) {
            try after(
                KubectlSetup.self, place(["prod"], as: name), ".kube/config", "users:\n- name: '\(name)'\n  user: {}\n")
        }
    }
}
