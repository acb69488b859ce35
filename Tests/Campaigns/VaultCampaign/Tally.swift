import Glibc

/// What a campaign has counted. Every broken promise is kept with the number that makes it again.
struct Tally {
    private(set) var counts: [String: Int] = [:]
    private(set) var broken: [String] = []
    private var longest = 0

    mutating func count(_ what: String, _ more: Int = 1) { counts[what, default: 0] += more }

    /// A promise was broken; at most a hundred are told.
    mutating func fail(_ text: String) {
        count("broken")
        if broken.count < 100 { broken.append(text) }
    }

    /// Notes how long the try took that began at `start`.
    mutating func took(since start: Int) { longest = max(longest, Self.now - start) }

    var longestMicroseconds: Int { longest }

    var json: String {
        let numbers = counts.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
        let texts = broken.map {
            "\"" + $0.map { $0 == "\"" || $0 == "\\" || $0.isNewline ? "'" : String($0) }.joined() + "\""
        }
        return "{" + (numbers + ["\"longestMicroseconds\":\(longest)"]).joined(separator: ",")
            + ",\"failures\":[" + texts.joined(separator: ",") + "]}"
    }

    /// Microseconds.
    static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
    }
}

/// Numbers that are the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
