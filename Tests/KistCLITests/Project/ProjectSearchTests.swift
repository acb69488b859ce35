import Glibc
import KistModel
import Testing

@testable import KistCLI

@Suite struct ProjectSearchTests {
    @Test func theNearestOneWithinTheHomeFolder() throws {
        let folder = try TemporaryFolder()
        try folder.make("home/work/deep")
        try folder.write("kist.toml", "use = [\"outside\"]")
        #expect(try ProjectSearch.nearest(from: folder.path + "/home/work/deep", home: folder.path + "/home") == nil)
        #expect(symlink("home", folder.path + "/link") == 0)
        #expect(try ProjectSearch.nearest(from: folder.path + "/home/work/deep", home: folder.path + "/link") == nil)
        try folder.write("home/kist.toml", "use = [\"home\"]")
        let found = try ProjectSearch.nearest(from: folder.path + "/home/work/deep", home: folder.path + "/home")
        #expect(found?.path == folder.path + "/home/kist.toml")
        try folder.write("home/work/kist.toml", "use = [\"work\"]")
        let nearer = try ProjectSearch.nearest(from: folder.path + "/home/work/deep", home: folder.path + "/home")
        #expect(nearer?.file.uses.first?.name.description == "work")
    }

    @Test func theDigestIsWhatSha256sumPrints() throws {
        let folder = try TemporaryFolder()
        try folder.write("kist.toml", "use = []\n")
        let found = try ProjectSearch.nearest(from: folder.path, home: nil)
        // printf 'use = []\n' | sha256sum
        #expect(found?.digest == "366cc951f089a73af118e8733c64c0d794b6094f82a0dba5273865968d3173bd")
    }

    @Test func trustIsForPathAndContent() throws {
        let folder = try TemporaryFolder()
        try folder.make("a")
        try folder.make("b")
        try folder.write("a/kist.toml", "use = [\"kumo\"]")
        try folder.write("b/kist.toml", "use = [\"kumo\"]")
        let trust = Trust(state: folder.path + "/state/kist")
        let first = try #require(try ProjectSearch.nearest(from: folder.path + "/a", home: nil))
        let other = try #require(try ProjectSearch.nearest(from: folder.path + "/b", home: nil))
        let nothing = Variables([:])
        #expect(!trust.holds(first, environment: nothing))
        try trust.remember(first)
        #expect(trust.holds(first, environment: nothing))
        #expect(!trust.holds(other, environment: nothing), "the same content elsewhere")
        try folder.write("a/kist.toml", "use = [\"kumo\", \"all\"]")
        let changed = try #require(try ProjectSearch.nearest(from: folder.path + "/a", home: nil))
        #expect(!trust.holds(changed, environment: nothing), "other content at the same path")
        #expect(trust.holds(changed, environment: Variables(["KIST_TRUST": changed.digest])))
        #expect(!trust.holds(changed, environment: Variables(["KIST_TRUST": first.digest])))
        #expect(try trust.forget(path: first.path))
        #expect(!trust.holds(first, environment: nothing))
    }

    /// A name that would be lines of its own in the file of what was agreed to.
    @Test(arguments: ["\n", "\r\n", "\r", "\u{1B}", "\u{7F}"])
    func aPathWithAControlCharacterIsNotTrusted(_ end: String) throws {
        let folder = try TemporaryFolder()
        let trust = Trust(state: folder.path + "/state")
        let digest = String(repeating: "a", count: 64)
        let hostile = FoundProject(
            path: "/tmp/x\(end)\(digest)  /home/ada/kist.toml", digest: String(repeating: "b", count: 64), text: "",
            file: ProjectFile())
        let refused = failure { () throws(Failure) in try trust.remember(hostile) }
        #expect(refused != nil)
        let victim = FoundProject(path: "/home/ada/kist.toml", digest: digest, text: "", file: ProjectFile())
        #expect(!trust.holds(victim, environment: Variables([:])))
        #expect(!trust.holds(hostile, environment: Variables([:])))
    }

    @Test func aTrustFileThatOthersCanWriteCountsForNothing() throws {
        let folder = try TemporaryFolder()
        try folder.write("kist.toml", "use = []")
        let project = try #require(try ProjectSearch.nearest(from: folder.path, home: nil))
        try folder.write("trust", "\(project.digest)  \(project.path)\n", mode: 0o600)
        let trust = Trust(state: folder.path)
        #expect(trust.holds(project, environment: Variables([:])))
        try folder.write("trust", "\(project.digest)  \(project.path)\n", mode: 0o666)
        #expect(!trust.holds(project, environment: Variables([:])))
    }

    @Test func aFolderOrALongFileInItsPlaceIsSaid() throws {
        let folder = try TemporaryFolder()
        try folder.make("kist.toml")
        #expect(throws: Failure.self) { _ = try ProjectSearch.nearest(from: folder.path, home: nil) }
        let long = try TemporaryFolder()
        try long.write("kist.toml", "#" + String(repeating: "x", count: 70_000))
        #expect(throws: Failure.self) { _ = try ProjectSearch.nearest(from: long.path, home: nil) }
    }

    /// Agreement is for a place: a link there would hand over what another place was agreed to.
    @Test func aLinkInItsPlaceIsRefused() throws {
        let folder = try TemporaryFolder()
        try folder.make("mine")
        try folder.make("theirs")
        try folder.write("mine/kist.toml", "use = [\"kumo\"]")
        folder.link("theirs/kist.toml", to: folder.path + "/mine/kist.toml")
        let problem = failure { () throws(Failure) in
            _ = try ProjectSearch.nearest(from: folder.path + "/theirs", home: nil)
        }
        #expect(problem?.message == "\(folder.path)/theirs/kist.toml is a symbolic link, so it is not used")
        // A folder may be a link: the place is the real one.
        folder.link("alias", to: "mine")
        #expect(try ProjectSearch.read(folder.path + "/alias/kist.toml")?.path == folder.path + "/mine/kist.toml")
    }

    @Test func aFolderThatEverybodyCanWriteIsPassedOver() throws {
        let folder = try TemporaryFolder()
        try folder.make("open/deep")
        try folder.write("kist.toml", "use = [\"outer\"]")
        try folder.write("open/kist.toml", "not TOML at all")
        chmod(folder.path + "/open", 0o1777)
        let found = try ProjectSearch.nearest(from: folder.path + "/open/deep", home: nil)
        #expect(found?.path == folder.path + "/kist.toml")
        #expect(!ProjectSearch.searches(folder.path + "/open") && ProjectSearch.searches(folder.path))
    }
}
