/// How long an unlocked vault stays so: until nobody has used it for a while, and in no case beyond a maximum.
struct Lifetime {
    private let idle: Int64
    private var idleEnd: Int64
    private let maximumEnd: Int64

    init(idle: Int64, maximum: Int64, now: Int64) {
        self.idle = min(idle, maximum)
        idleEnd = now + self.idle
        maximumEnd = now + maximum
    }

    /// The earlier end.
    var end: Int64 { min(idleEnd, maximumEnd) }

    mutating func noteUse(at now: Int64) { idleEnd = now + idle }

    /// Seconds left, rounded up.
    func idleLeft(at now: Int64) -> Int64 { max(0, (end - now + 999_999_999) / 1_000_000_000) }
    func maximumLeft(at now: Int64) -> Int64 { max(0, (maximumEnd - now + 999_999_999) / 1_000_000_000) }
}
