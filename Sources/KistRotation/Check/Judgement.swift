import KistPlatforms
import SecretMemory

/// What an answer says about a credential.
///
/// Only what the platform says clearly counts against a credential: 401 is a bad one, 403 a good one that may not do
/// this, 404 a wrong address. Anything that could be the network's or the platform's trouble is unknown.
enum Judgement {
    static func judge(_ recipe: CheckRecipe, _ answer: borrowing HTTPAnswer, host: String) -> CheckReport {
        var report = CheckReport(.unknown, http: answer.status, milliseconds: answer.milliseconds)
        if let failure = answer.failure {
            report.why = words(failure, host: host)
            return report
        }
        guard let status = answer.status else {
            report.why = "\(host) gave no answer"
            return report
        }
        report.answeredBy = answer.body.withBytes { body in
            answer.wanted ?? recipe.answeredByPath.flatMap { name(at: $0, in: body) } ?? Harmless.word(host.utf8)
        }
        let rule = answer.body.withBytes { body in
            recipe.answers.first { rule in
                (rule.status == nil || rule.status == status) && (rule.test?.holds(body) ?? true)
            }
        }
        if let rule {
            report.verdict = rule.verdict
            report.why = rule.why
        } else {
            (report.verdict, report.why) = byStatus(status, recipe, answer, host)
        }
        if report.verdict == .accepted { report.proves = recipe.proves }
        return report
    }

    private static func byStatus(
        _ status: Int, _ recipe: CheckRecipe, _ answer: borrowing HTTPAnswer, _ host: String
    ) -> (CheckVerdict, String?) {
        switch status {
        case 200..<300:
            let absent = answer.body.withBytes { body in recipe.requires.first { !$0.holds(body) } }
            guard let absent else { return (.accepted, nil) }
            let rest = answer.isTruncated ? " in its first \(NetworkSettings.largestBody / 1_024) KiB" : ""
            return (.unknown, "\(host) answered \(status) without \(absent.absence)\(rest)")
        case 300..<400:
            return (
                .unknown,
                "\(host) points to \(answer.redirect ?? "another address"); Kist does not take a secret there"
            )
        case 401: return (.refused, nil)
        case 403: return (.notAllowed, "valid, but not allowed to do this")
        case 404: return (.wrongAddress, "\(host) has nothing at this address")
        case 407: return (.unknown, "the proxy wants a login of its own")
        case 408, 429: return (.unknown, "\(host) is too busy; this says nothing about the credential")
        case 500..<600: return (.unknown, "\(host) has trouble of its own; this says nothing about the credential")
        default: return (.unknown, "\(host) answered in a way that says nothing about the credential")
        }
    }

    private static func words(_ failure: HTTPFailure, host: String) -> String {
        switch failure {
        case .name: "the name \(host) is not known"
        case .connect: "nobody answers at \(host)"
        case .timeout: "\(host) did not answer in time"
        case .tls: "no trustworthy TLS connection to \(host)"
        case .proxy: "the proxy did not let the request through"
        case .noProxy: "the proxy cannot be reached"
        case .notLoopback: "\(host) is not on this machine, and plain http goes nowhere else"
        case .garbage: "what \(host) sent is not HTTP"
        case .closed: "\(host) ended the connection"
        case .other: "the request to \(host) failed"
        }
    }

    private static func name(at path: String, in body: UnsafeRawBufferPointer) -> String? {
        guard case .string(let range)? = JSONProbe.find(path, in: body), !range.isEmpty else { return nil }
        return Harmless.word(body[range])
    }
}
