import KistPlatforms
import SecretMemory

/// Has `kist-courier` make the one call that proves a credential; this process has no network.
struct Courier {
    let session: Session

    func check(
        _ platform: Platform, variant: String?, name: String, plain: [String: String], secrets: [String],
        field: FieldBytes
    ) -> CheckOutcome {
        .unknown("not yet")
    }
}
