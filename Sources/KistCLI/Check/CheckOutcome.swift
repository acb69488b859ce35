import KistPlatforms
import KistProtocol

/// What a check of one credential found.
struct CheckOutcome: Equatable {
    var verdict: CheckVerdict
    /// The HTTP status; `nil` when there was no answer.
    var http: Int?
    var milliseconds: Int?
    /// The host, or the replica that the platform names.
    var answeredBy: String?
    /// A sentence for people.
    var why: String?
    /// What a success proves, when that is less than everything.
    var proves: String?

    static func unknown(_ why: String) -> CheckOutcome { CheckOutcome(verdict: .unknown, why: why) }

    var word: String {
        switch verdict {
        case .accepted: "accepted"
        case .refused: "refused"
        case .notAllowed: "not allowed"
        case .wrongAddress: "wrong address"
        case .unknown: "unknown"
        }
    }

    var phrase: Phrase {
        switch verdict {
        case .accepted: .good(word)
        case .refused: .bad(word)
        case .notAllowed, .wrongAddress: .warning(word)
        case .unknown: .quiet(word)
        }
    }

    var exitCode: Int32 {
        switch verdict {
        case .accepted: ExitCode.done
        case .refused, .notAllowed: ExitCode.refused
        case .wrongAddress, .unknown: ExitCode.unknown
        }
    }

    /// "200, 142 ms", as far as known.
    var facts: String {
        [http.map { "\($0)" }, milliseconds.map { "\($0) ms" }].compactMap { $0 }.joined(separator: ", ")
    }
}
