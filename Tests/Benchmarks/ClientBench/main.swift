import Glibc
import KistClient

/// Times the library as a program sees it, one request after the other in one task: `client-bench NAME COUNT`.
///
/// One line of JSON, nanoseconds for each request, the best of five rounds. `agent`: the credential NAME of the vault that
/// runs. The others have nothing to give: variables that are not set, a folder without the file, no bundle; `chain` is
/// all of them and the agent, so what they add is the difference.
guard CommandLine.arguments.count == 3, let count = Int(CommandLine.arguments[2]), count > 0 else {
    print("usage: client-bench NAME COUNT")
    exit(64)
}
let request = CredentialRequest(CommandLine.arguments[1], platform: "kumo")

func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

func measure(_ provider: some CredentialProvider, _ count: Int, expects: Bool) async throws -> Int {
    var best = Int.max
    for _ in 0..<5 {
        let start = now()
        for _ in 0..<count {
            guard (try await provider.credential(for: request) != nil) == expects else {
                print("not as expected: \(provider.sourceName)")
                exit(1)
            }
        }
        best = min(best, (now() - start) / count)
    }
    return best
}

let empty = EnvironmentSource(prefix: "NOT_SET_ANYWHERE_")
let folder = FileSource("/run/secrets")
let figures: [(String, Int)] = [
    ("agent", try await measure(.agent, count, expects: true)),
    ("environment", try await measure(empty, count * 10, expects: false)),
    ("static", try await measure(.static(), count * 10, expects: false)),
    ("bundle", try await measure(BundleSource(), count * 10, expects: false)),
    ("file", try await measure(folder, count * 10, expects: false)),
    ("refreshing", try await measure(.refreshing(.agent), count * 10, expects: true)),
    ("chain", try await measure(.chain(empty, BundleSource(), folder, .agent), count, expects: true)),
]
print("{" + figures.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}")
