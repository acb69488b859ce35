/// The pause after a wrong key: 0.1 s, doubling to 10 s at most. It guards the socket, not a stolen file.
struct WrongKeyPause {
    private let first: Int64
    private let longest: Int64
    private var length: Int64 = 0
    private var until: Int64 = 0
    /// Wrong keys since the last right one.
    private(set) var tries = 0

    init(_ limits: Limits) {
        first = limits.firstPause
        longest = limits.longestPause
    }

    /// Nanoseconds still to wait, 0 when another try is allowed.
    func left(at now: Int64) -> Int64 { max(0, until - now) }

    mutating func noteWrong(at now: Int64) {
        length = length == 0 ? first : min(length * 2, longest)
        until = now + length
        tries += 1
    }

    mutating func noteRight() {
        length = 0
        until = 0
        tries = 0
    }
}
