import KistPosix

/// The look before each commit: git's own `pre-commit`.
enum ScanHook {
    /// By this line a hook is known as ours.
    private static let mark = "# made by: kist scan --install-hook (kist scan --remove-hook takes it away)"

    static func install(_ folder: String, _ session: Session) throws(Failure) -> Int32 {
        let path = try place(folder)
        try checkOwn(path, folder)
        if let there = content(path) {
            guard isOurs(there) else {
                throw Failure(
                    "\(path) is there already, and not Kist's",
                    advice: ["put this line into it:  kist scan --staged || exit 1"])
            }
        }
        let program: String
        do throws(PosixError) {
            program = try Process.executable()
            if let parent = Folder.parent(of: path) { try Folder.make(parent, mode: 0o755) }
            // Where Kist was moved since, the one that is found by name does as well.
            let lines = [
                "#!/bin/sh", mark, "kist=\(Run.quoted(program))", #"[ -x "$kist" ] || kist=kist"#,
                #"exec "$kist" scan --staged"#,
            ]
            try File.replace(path, with: Array((lines.joined(separator: "\n") + "\n").utf8), mode: 0o755)
        } catch { throw Failure("\(path): \(error)") }
        session.printer.line(.good("✓"), Phrase(" Before each commit here, what it holds is looked through (\(path))."))
        session.printer.line("  The vault has to be unlocked then.  Once without:  git commit --no-verify")
        return ExitCode.done
    }

    static func remove(_ folder: String, _ session: Session) throws(Failure) -> Int32 {
        let path = try place(folder)
        guard let there = content(path) else {
            throw Failure("there is no hook at \(path)", code: ExitCode.notFound)
        }
        guard isOurs(there) else {
            throw Failure("\(path) is not Kist's", advice: ["take the line with kist scan out of it yourself"])
        }
        do throws(PosixError) { try Folder.removeFile(path) } catch { throw Failure("\(path): \(error)") }
        session.printer.line(.good("✓"), Phrase(" Removed \(path)."))
        return ExitCode.done
    }

    private static func place(_ folder: String) throws(Failure) -> String {
        // Without the setting that keeps other calls from running hooks: the place is what is asked for.
        let hooks = try GitScan.line(["rev-parse", "--git-path", "hooks"], in: folder, keepingHooks: true)
        let path = hooks.hasPrefix("/") ? hooks : "\(folder)/\(hooks)"
        guard !hooks.isEmpty else { throw Failure("git names no folder of hooks") }
        return path + "/pre-commit"
    }

    /// A folder of hooks that is set for all repositories is not written into for one of them.
    private static func checkOwn(_ path: String, _ folder: String) throws(Failure) {
        var roots = [try GitScan.line(["rev-parse", "--git-common-dir"], in: folder)]
        if try GitScan.line(["rev-parse", "--is-inside-work-tree"], in: folder) == "true" {
            roots.append(try GitScan.line(["rev-parse", "--show-toplevel"], in: folder))
        }
        var isOwn = false
        do throws(PosixError) {
            let hooks = try Folder.realPath(of: Folder.parent(of: path) ?? folder) + "/"
            for root in roots where !root.isEmpty {
                let root = try Folder.realPath(of: root.hasPrefix("/") ? root : "\(folder)/\(root)")
                if hooks.hasPrefix(root == "/" ? root : root + "/") { isOwn = true }
            }
        } catch { throw Failure("\(path): \(error)") }
        guard isOwn else {
            throw Failure(
                "git looks for hooks in \(Folder.parent(of: path) ?? path), which is not this repository's own",
                advice: [
                    "for all repositories that use it, put this line into \(path):  kist scan --staged || exit 1",
                    "for this one alone:  git config core.hooksPath \"$(git rev-parse --absolute-git-dir)/hooks\"",
                ])
        }
    }

    private static func content(_ path: String) -> String? {
        guard (try? FileStatus(of: path)) != nil else { return nil }
        return String(decoding: (try? File.read(path, most: 1 << 20)) ?? [], as: UTF8.self)
    }

    private static func isOurs(_ text: String) -> Bool {
        text.split(separator: "\n").dropFirst().first.map(String.init) == mark
    }
}
