import Glibc
import KistTestKit
import Testing

@testable import KistCLI

/// What is set up is taken back exactly, whatever stood there before.
@Suite struct SetupTests {
    private func place(_ home: String, _ words: [String] = [], program: String = "/opt/kist/bin/kist") -> SetupPlace {
        SetupPlace(
            environment: Variables(["PATH": "/usr/bin"]), home: home, program: program,
            overview: { (_) throws(Failure) in throw Failure("nothing is stored") }, words: words, name: nil)
    }

    private func apply(_ edits: [SetupEdit]) throws {
        for edit in edits where edit.changesSomething {
            switch edit {
            case .file(let path, let before, let after): try SetupFile.write(path, before: before, after: after)
            case .link(let path, let target): try SetupFile.setLink(path, target)
            }
        }
    }

    @Test(arguments: [
        "", "[user]\n\tname = Ada\n", "[credential]\n\thelper = cache\n\n[user]\n\tname = Ada", "# no line end",
        "[credential]\n", "[credential \"https://github.com\"]\n\tusername = ada\n",
    ])
    func gitIsSetUpAndTakenBack(_ before: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/.gitconfig"
        if !before.isEmpty { try SetupFile.write(path, before: nil, after: before) }
        for words in [[], ["github.com"], ["git.example.com:8443", "http://127.0.0.1:8080"]] {
            let place = place(folder.path, words)
            try apply(try GitSetup.edits(place, undo: false))
            let after = try #require(try SetupFile.read(path))
            #expect(after.contains("\thelper = !/opt/kist/bin/kist provider git\n"))
            #expect(try GitSetup.edits(place, undo: false).allSatisfy { !$0.changesSomething })
            try apply(try GitSetup.edits(place, undo: true))
            let left = try SetupFile.read(path) ?? ""
            // A line end that was missing stays, and nothing else.
            #expect(left == before || left == before + "\n" || before == "[credential]\n" && left.isEmpty, "\(left)")
        }
    }

    /// Their lines end in CR LF; nothing is doubled, and all of it comes back.
    @Test func filesOfAnotherSystemAreSetUpAndTakenBack() throws {
        let folder = try TemporaryFolder()
        let tools: [(any ToolSetup.Type, String, String)] = [
            (GitSetup.self, "/.gitconfig", "[credential]\r\n\thelper = cache\r\n\r\n[user]\r\n\tname = Ada\r\n"),
            (PipSetup.self, "/.config/pip/pip.conf", "[global]\r\ntimeout = 60\r\n\r\n[install]\r\nuser = no\r\n"),
        ]
        mkdir(folder.path + "/.config", 0o700)
        mkdir(folder.path + "/.config/pip", 0o700)
        for (tool, file, before) in tools {
            let path = folder.path + file
            try SetupFile.write(path, before: nil, after: before)
            let place = place(folder.path)
            try apply(try tool.edits(place, undo: false))
            let after = try #require(try SetupFile.read(path))
            #expect(after != before)
            #expect(after.linesByBytes.count == before.linesByBytes.count + 1, "its section was there")
            #expect(after.linesByBytes.dropLast().allSatisfy { $0.hasSuffix("\r") })
            #expect(try tool.edits(place, undo: false).allSatisfy { !$0.changesSomething })
            try apply(try tool.edits(place, undo: true))
            #expect(try SetupFile.read(path) == before)
        }
    }

    /// Where the small program is there, tools start that; what was set up before it came is not doubled, and undone with it.
    @Test func toolsAreToldOfTheSmallProgramWhereItIs() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/.gitconfig"
        let without = place(folder.path)
        var with = without
        with.helper = "/opt/kist/bin/kist-helper"
        try apply(try GitSetup.edits(without, undo: false))
        try apply(try GitSetup.edits(with, undo: false))
        #expect(try SetupFile.read(path) == "[credential]\n\thelper = !/opt/kist/bin/kist-helper git\n")
        #expect(try GitSetup.edits(with, undo: false).allSatisfy { !$0.changesSomething })
        try apply(try GitSetup.edits(without, undo: false))
        try apply(try GitSetup.edits(with, undo: true))
        #expect(try SetupFile.read(path) ?? "" == "")
        guard case .link(_, let target) = with.helper("docker-credential-kist", undo: false) else { return }
        #expect(target == "/opt/kist/bin/kist-helper")
    }

    @Test func aProgramWithBlanksAndQuotesIsOneWord() throws {
        let folder = try TemporaryFolder()
        let place = place(folder.path, program: "/opt/my \"own\" kist's/kist")
        guard case .file(_, _, let after) = try GitSetup.edits(place, undo: false)[0] else { return }
        #expect(after?.contains(#"helper = "!'/opt/my \"own\" kist'\\''s/kist' provider git""#) == true)
    }

    @Test(arguments: ["", "a b", "https://", "*.example.com", "x/y", "http://example.com", "a\nb"])
    func whatIsNoHostIsRefused(_ word: String) throws {
        #expect(throws: Failure.self) { try GitSetup.edits(place("/nowhere", [word]), undo: false) }
    }

    @Test func aFileBehindALinkIsWrittenAndTheLinkStays() throws {
        let folder = try TemporaryFolder()
        let real = folder.path + "/dotfiles"
        try SetupFile.write(real, before: nil, after: "a\n")
        chmod(real, 0o640)
        try SetupFile.setLink(folder.path + "/link", real)
        try SetupFile.write(folder.path + "/link", before: "a\n", after: "b\n")
        #expect(SetupFile.link(folder.path + "/link") == real)
        #expect(try SetupFile.read(real) == "b\n")
        var status = stat()
        stat(real, &status)
        #expect(status.st_mode & 0o777 == 0o640)
        // Somebody else was quicker.
        #expect(throws: Failure.self) { try SetupFile.write(real, before: "a\n", after: "c\n") }
    }
}
