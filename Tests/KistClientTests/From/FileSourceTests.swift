import Glibc
import KistPosix
import KistTestKit
import Testing

@testable import KistClient

@Suite struct FileSourceTests {
    private let folder = TemporaryFolder()

    private func write(_ path: String, _ text: String, mode: UInt32 = 0o600) throws {
        let whole = folder.path + "/" + path
        try Folder.make(Folder.parent(of: whole)!)
        try File.create(whole, mode: mode).write(Array(text.utf8))
        try Folder.setMode(whole, mode)
    }

    @Test func aFileIsTheMainSecretAndAFolderHasFields() async throws {
        try write("kumo", "demo:s3cr3t\n")
        try write("kaskada/client_id", "id-1")
        try write("kaskada/client_secret", "s3cr3t\r\n")
        try write("kaskada/..data", "nothing")
        let source: some CredentialProvider = .file(folder.path)
        #expect(try await source.require("kumo").secret("api_key")?.reveal() == "demo:s3cr3t")
        let kaskada = try ClientCredentials(await source.require("kaskada"))
        #expect(kaskada.clientID == "id-1")
        #expect(kaskada.clientSecret.reveal() == "s3cr3t")
        #expect(kaskada.tokenURL == "https://prod-kaskada.us.auth0.com/oauth/token")
        #expect(kaskada.style == .json)
        #expect(try await source.credential(for: "snowflake") == nil)
    }

    @Test func onePathForOneCredential() async throws {
        try write("a.key", "demo:s3cr3t")
        let source = FileSource(folder.path + "/a.key", for: "kumo")
        #expect(try await source.require("kumo").main?.reveal() == "demo:s3cr3t")
        #expect(try await source.credential(for: "other") == nil)
    }

    @Test func aFileOfNoPlatformIsOneValue() async throws {
        try write("kafka", "s3cr3t")
        let found = try await FileSource(folder.path).require("kafka")
        #expect(found.main?.reveal() == "s3cr3t")
        #expect(found.plain("value") == nil)
    }

    /// What others could have written is not believed, and what others can read is said.
    @Test(arguments: [0o602, 0o620, 0o666] as [UInt32]) func filesThatOthersCanWriteAreRefused(_ mode: UInt32)
        async throws
    {
        try write("kumo", "demo:canary", mode: mode)
        await #expect {
            try await FileSource(folder.path).credential(for: "kumo")
        } throws: { error in
            (error as? CredentialError)?.reason == .unsafePlace && !"\(error)".contains("canary")
        }
    }

    @Test func aPipeOrAnEndlessFileHoldsNobody() async throws {
        mkfifo(folder.path + "/kumo", 0o600)
        symlink("/dev/zero", folder.path + "/zero")
        for name in ["kumo", "zero"] {
            await #expect {
                try await FileSource(folder.path).credential(for: CredentialRequest(name))
            } throws: { error in
                (error as? CredentialError)?.reason == .unsafePlace
            }
        }
        try write("large", String(repeating: "x", count: FileSource.longest + 1))
        await #expect {
            try await FileSource(folder.path).credential(for: "large")
        } throws: { error in
            (error as? CredentialError)?.reason == .unavailable
        }
    }

    @Test func aNameCannotLeaveTheFolder() async throws {
        try write("secret", "s3cr3t")
        try Folder.make(folder.path + "/inner")
        for name in ["../secret", "..", ".", "", "a/b", "/etc/passwd", "a\u{0}b"] {
            await #expect {
                try await FileSource(folder.path + "/inner").credential(for: CredentialRequest(name))
            } throws: { error in
                (error as? CredentialError)?.reason == .invalid
            }
        }
    }

    @Test func mountedLinksAreFollowed() async throws {
        try write("v1/kumo", "demo:s3cr3t")
        symlink("v1", folder.path + "/..data")
        symlink("..data/kumo", folder.path + "/kumo")
        #expect(try await FileSource(folder.path).require("kumo").main?.reveal() == "demo:s3cr3t")
    }
}
