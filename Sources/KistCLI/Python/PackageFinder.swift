private import Glibc

/// Finds out which release of a Python package a command would import, by looking at files only.
///
/// It follows the command on `PATH`, the `#!` line of a script (also through `/usr/bin/env`) to the interpreter, and
/// looks for `NAME-VERSION.dist-info` in the folders that this interpreter imports from: `PYTHONPATH`, the virtual
/// environment around it, its own installation, the user's packages. What it cannot follow (a shell script, `uv run`)
/// gives `nil`: not known.
package struct PackageFinder {
    private let environment: Variables

    package init(environment: Variables = .process) { self.environment = environment }

    /// The version of `package` ("2.16.3"), `nil` when it is not known.
    package func version(of package: String, for command: [String]) -> String? {
        guard let interpreter = interpreter(of: command) else { return nil }
        for folder in folders(of: interpreter) {
            if let version = version(of: package, in: folder) { return version }
        }
        return nil
    }

    /// Whether `command` is Python, or one of the programs whose whole purpose is to start it: lines about a package
    /// are of use there and nowhere else.
    package func startsPython(_ command: [String]) -> Bool {
        Self.launchers.contains(lastPart(command.first ?? "")) || interpreter(of: command) != nil
    }

    private static let launchers: Set<String> = [
        "uv", "uvx", "pixi", "rye", "hatch", "poetry", "pdm", "pipenv", "conda", "mamba", "micromamba", "jupyter",
    ]

    // MARK: The interpreter

    /// The path of the Python interpreter that `command` starts, as it is spelled there (links not followed: a
    /// virtual environment is where its link stands).
    package func interpreter(of command: [String]) -> String? {
        guard case .path(let path) = ProgramSearch.find(command.first ?? "", path: environment["PATH"]) else {
            return nil
        }
        if lastPart(path) == "env" {
            let rest = command.dropFirst().drop { $0.contains("=") }
            guard let next = rest.first, !next.hasPrefix("-"), next != command.first else { return nil }
            return interpreter(of: Array(rest))
        }
        return isPython(path) ? path : shebang(path)
    }

    private func isPython(_ path: String) -> Bool {
        let name = lastPart(path)
        guard name.hasPrefix("python") || name.hasPrefix("pypy") else { return false }
        // A wrapper such as pyenv's is a script with that name.
        return firstBytes(path, 2) != "#!"
    }

    private func shebang(_ path: String) -> String? {
        guard let start = firstBytes(path, 512), start.hasPrefix("#!") else { return nil }
        let line = start.dropFirst(2).prefix { $0 != "\n" && $0 != "\r\n" }
        var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        // pip and uv write this for long paths:  #!/bin/sh ⏎ '''exec' "/long/venv/bin/python" "$0" "$@"
        if words.first == "/bin/sh", let second = start.split(separator: "\n").dropFirst().first,
            second.hasPrefix("'''exec' ")
        {
            let path = second.dropFirst("'''exec' ".count).split(separator: " ").first.map(String.init) ?? ""
            return path.filter { $0 != "\"" && $0 != "'" }
        }
        if let first = words.first, lastPart(first) == "env" {
            words.removeFirst()
            if words.first == "-S" { words.removeFirst() }
            guard let name = words.first, case .path(let found) = ProgramSearch.find(name, path: environment["PATH"])
            else { return nil }
            words = [found]
        }
        guard let found = words.first, isPython(found) else { return nil }
        return found
    }

    // MARK: The folders

    private func folders(of interpreter: String) -> [String] {
        var folders = (environment.nonEmpty("PYTHONPATH") ?? "").split(separator: ":").map(String.init)
        let bin = parent(interpreter)
        let root = parent(bin)
        let real = ProjectSearch.realPath(interpreter)
        let release = real.flatMap { Self.release(lastPart($0)) }
        let isVirtual = access(root + "/pyvenv.cfg", F_OK) == 0
        folders += sitePackages(root, release)
        if !isVirtual {
            if let real { folders += sitePackages(parent(parent(real)), release) }
            if let home = environment.home { folders += sitePackages(home + "/.local", release) }
            folders += sitePackages("/usr/local", release)
            folders.append("/usr/lib/python3/dist-packages")
        }
        return folders
    }

    /// "python3.11" when the interpreter's name says so.
    private static func release(_ name: String) -> String? {
        name.hasPrefix("python") && name.contains(".") ? name : nil
    }

    /// `lib*/python*/site-packages` and Debian's `dist-packages` below `root`: those of this release, when it is known.
    private func sitePackages(_ root: String, _ release: String?) -> [String] {
        ["lib", "lib64"].flatMap { library in
            entries(of: "\(root)/\(library)").filter { $0.hasPrefix("python") || $0.hasPrefix("pypy") }
                .filter { release == nil || $0 == release || $0 == "python3" }.sorted()
                .flatMap { ["\(root)/\(library)/\($0)/site-packages", "\(root)/\(library)/\($0)/dist-packages"] }
        }
    }

    private func version(of package: String, in folder: String) -> String? {
        let start = package + "-", end = ".dist-info"
        for entry in entries(of: folder) where entry.hasPrefix(start) && entry.hasSuffix(end) {
            let version = entry.dropFirst(start.count).dropLast(end.count)
            if version.first?.isNumber == true { return String(version) }
        }
        return nil
    }

    // MARK: Files

    private func entries(of folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }

    private func firstBytes(_ path: String, _ count: Int) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        let got = read(descriptor, &bytes, count)
        return got > 0 ? String(decoding: bytes[..<got], as: UTF8.self) : nil
    }

    private func lastPart(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    private func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
