import KistPlatforms
import SecretMemory

/// Has `kist-courier` make the one call that proves a credential; this process has no network.
struct Courier {
    let session: Session

    func check(
        _ platform: Platform, variant: String?, name: String, plain: [String: String], secrets: [String],
        field: FieldBytes
    ) -> CheckOutcome {
        // Nothing to start a program for.
        if case .none(let why) = platform.check(variant: variant, plain: plain, secrets: Set(secrets)) {
            return .unknown(why)
        }
        guard let exchange = CourierExchange.beside() else { return .unknown("kist-courier cannot be found") }
        let report = exchange.check(
            platform, variant: variant, name: name, plain: plain, secrets: secrets, field: field)
        return CheckOutcome(
            verdict: report.verdict, http: report.http, milliseconds: report.milliseconds,
            answeredBy: report.answeredBy, why: report.why, proves: report.proves)
    }
}
