import Testing

@testable import KistCLI

@Suite struct PackageFinderTests {
    private func environment(_ folder: TemporaryFolder, _ more: [String: String] = [:]) throws -> TemporaryFolder {
        try folder.make("venv/bin")
        try folder.make("venv/lib/python3.11/site-packages/kumoai-2.16.3.dist-info")
        try folder.write("venv/pyvenv.cfg", "home = /usr/bin\n")
        try folder.write("python-real", "\u{7F}ELF", mode: 0o755)
        folder.link("venv/bin/python", to: "../../python-real")
        return folder
    }

    @Test func besideTheInterpreterOfAVirtualEnvironment() throws {
        let folder = try environment(TemporaryFolder())
        let finder = PackageFinder(environment: Variables(["PATH": "\(folder.path)/venv/bin:/usr/bin:/bin"]))
        #expect(finder.version(of: "kumoai", for: ["python", "train.py"]) == "2.16.3")
        #expect(finder.version(of: "kumoai", for: ["\(folder.path)/venv/bin/python", "-c", ""]) == "2.16.3")
        #expect(finder.version(of: "kumoai", for: ["/usr/bin/env", "A=1", "python", "x.py"]) == "2.16.3")
        #expect(finder.version(of: "kumo", for: ["python"]) == nil)
    }

    @Test func behindTheFirstLineOfAScript() throws {
        let folder = try environment(TemporaryFolder())
        let finder = PackageFinder(environment: Variables(["PATH": "\(folder.path)/venv/bin:/usr/bin:/bin"]))
        let python = "\(folder.path)/venv/bin/python"
        for (name, first) in [
            ("plain", "#!\(python)"), ("via-env", "#!/usr/bin/env python"), ("split", "#!/usr/bin/env -S python -u"),
            ("long", "#!/bin/sh\n'''exec' \"\(python)\" \"$0\" \"$@\""),
        ] {
            try folder.write("venv/bin/\(name)", first + "\nimport kumoai\n", mode: 0o755)
            #expect(finder.version(of: "kumoai", for: [name]) == "2.16.3", "\(name)")
        }
        try folder.write("venv/bin/other", "#!/bin/bash\npython x.py\n", mode: 0o755)
        #expect(finder.version(of: "kumoai", for: ["other"]) == nil)
        try folder.write("venv/bin/python3", "#!/usr/bin/env bash\n", mode: 0o755)
        #expect(finder.version(of: "kumoai", for: ["python3"]) == nil, "a wrapper is not an interpreter")
    }

    @Test func onPythonsOwnPathFirst() throws {
        let folder = try environment(TemporaryFolder())
        try folder.make("extra/kumoai-1.4.1.dist-info")
        let finder = PackageFinder(
            environment: Variables(["PATH": "\(folder.path)/venv/bin", "PYTHONPATH": "\(folder.path)/extra"]))
        #expect(finder.version(of: "kumoai", for: ["python"]) == "1.4.1")
    }
}
