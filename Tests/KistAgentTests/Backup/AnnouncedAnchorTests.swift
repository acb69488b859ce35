import KistPosix
import KistTestKit
import Testing

@testable import KistAgent

/// Between the rename of a restored vault and the writing of its anchor a kill must not make the vault a stranger.
@Suite struct AnnouncedAnchorTests {
    @Test func ofTwoAnchorsTheOneCountsWhoseFileHasTheVaultsName() throws {
        let folder = TemporaryFolder()
        let vault = folder.path + "/v.kist"
        let built = vault + ".restoring"
        let anchors = FileAnchorStore(state: folder.path + "/state", vault: vault)
        try File.replace(vault, with: [1])
        try anchors.save([10])
        try File.replace(built, with: [2])
        try anchors.announce([20], of: built)
        #expect(try anchors.load() == [10])
        // The moment of the kill: the new file is there, the anchor is not written.
        try Folder.rename(vault, to: vault + ".aside")
        try Folder.rename(built, to: vault)
        #expect(try anchors.load() == [20])
        // And another file in its place is not what was announced.
        try Folder.rename(vault + ".aside", to: vault)
        #expect(try anchors.load() == [10])
        // What is remembered from then on is all there is.
        try anchors.save([30])
        #expect(try anchors.load() == [30])
        #expect(folder.files().allSatisfy { !$0.path.hasSuffix(".next") })
    }

    /// A file that was announced and never came is no reason to doubt.
    @Test func anAnnouncementOfAFileThatIsGoneCountsForNothing() throws {
        let folder = TemporaryFolder()
        let vault = folder.path + "/v.kist"
        let anchors = FileAnchorStore(state: folder.path + "/state", vault: vault)
        #expect(throws: PosixError.self) { try anchors.announce([20], of: vault + ".restoring") }
        try File.replace(vault + ".restoring", with: [2])
        try anchors.announce([20], of: vault + ".restoring")
        #expect(try anchors.load() == nil)
        try Folder.removeFile(vault + ".restoring")
        try File.replace(vault, with: [1])
        #expect(try anchors.load() == nil)
    }
}
