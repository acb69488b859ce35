import KistClient
import KistPosix
import KistProtocol

extension Doctor {
    /// What this machine may do with memory and files behind everybody's back.
    static func machine(_ session: Session) -> [Finding] {
        var findings: [Finding] = []
        if Machine.swapsToDisk {
            findings.append(
                Finding(
                    level: .note, what: "swap is on: what programs hold in ordinary memory may reach the disk",
                    advice: "encrypted swap, or none; Kist's own secrets are locked in memory"))
        }
        if Machine.canHibernate {
            findings.append(
                Finding(
                    level: .note, what: "this machine can hibernate: all memory is written to the disk then",
                    advice: "kist lock before hibernating, or encrypt the swap"))
        }
        let folder = places(session)
        if let kind = Machine.networkFileSystem(of: folder) {
            findings.append(
                Finding(
                    level: .note,
                    what: "the vault lies on a file system of a network (\(kind)): locks may not hold there",
                    advice: "keep it on a disk of this machine; use it from one machine at a time"))
        }
        return findings
    }

    private static func places(_ session: Session) -> String {
        guard let slash = session.places.vault.lastIndex(of: "/") else { return "/" }
        return String(session.places.vault[..<slash])
    }

    /// What the kernel gave the agent, from its own answer.
    static func kernel(_ facts: JSONValue) -> [Finding] {
        var findings: [Finding] = []
        if let memory = facts["memory"] {
            let limit = memory["limit"]?.integer ?? -1
            if memory["locked"] == .bool(false) {
                findings.append(
                    Finding(
                        level: .bad,
                        what: "secrets could not be locked in memory (limit \(limit) bytes): they may reach the swap",
                        advice: "raise it: ulimit -l 65536, or LimitMEMLOCK=64M; then kist lock"))
            } else {
                findings.append(Finding(level: .good, what: "secrets are locked in memory", advice: nil))
            }
        }
        if facts["dumpable"] == .bool(true) {
            findings.append(
                Finding(level: .bad, what: "the agent can be read by other programs of yours", advice: nil))
        }
        guard let sandbox = facts["sandbox"] else { return findings }
        let level = sandbox["landlock"]?.integer ?? 0
        switch sandbox["files"]?.string {
        case "confined":
            findings.append(
                Finding(
                    level: .good, what: "the kernel keeps the agent to its own folders (Landlock, level \(level))",
                    advice: nil))
        case "wide":
            findings.append(
                Finding(
                    level: .good,
                    what:
                        "the kernel keeps the agent to its own folders once there is a vault (Landlock, level \(level))",
                    advice: nil))
        default:
            findings.append(
                Finding(
                    level: .note,
                    what: level > 0
                        ? "Landlock did not take (error \(sandbox["filesFailure"]?.integer ?? 0)): files are not closed to the agent"
                        : "this kernel has no Landlock: other files of yours are not closed to the agent",
                    advice: "Linux 5.13 or newer, with landlock in /sys/kernel/security/lsm"))
        }
        if sandbox["calls"] == .bool(true) {
            findings.append(
                Finding(
                    level: .good, what: "the kernel refuses it programs, connections and other processes (seccomp)",
                    advice: nil))
        } else {
            findings.append(
                Finding(
                    level: .bad,
                    what: "the system call filter did not take (error \(sandbox["callsFailure"]?.integer ?? 0))",
                    advice: "a kernel with seccomp filters; inside a container, one that allows them"))
        }
        if let threads = sandbox["threads"]?.integer, threads != 1 {
            findings.append(
                Finding(level: .bad, what: "the agent had \(threads) threads when it was closed off", advice: nil))
        }
        return findings
    }

    /// Whether an older copy in the vault's place would be noticed.
    static func rollback(_ vault: JSONValue) -> [Finding] {
        var findings: [Finding] = []
        switch vault["anchor"]?.string {
        case "known":
            findings.append(
                Finding(level: .good, what: "an older copy of the vault in its place would be noticed", advice: nil))
        case "new":
            findings.append(
                Finding(
                    level: .note,
                    what: "this machine sees this vault for the first time: it cannot know whether it is the newest",
                    advice: "from here on an older copy is noticed"))
        case "unknown":
            findings.append(
                Finding(
                    level: .note, what: "it cannot be known whether this is the newest copy of the vault",
                    advice:
                        "compare kist history and kist slot list with what you expect; then kist unlock --accept-older")
            )
        default: break
        }
        if let code = vault["anchorFailure"]?.integer {
            findings.append(
                Finding(
                    level: .bad, what: "what this machine saw of the vault could not be kept (error \(code))",
                    advice: "look at the state folder: is it yours, is the disk full?"))
        }
        return findings
    }
}
