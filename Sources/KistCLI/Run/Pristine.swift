import KistPlatforms

/// `--pristine`: no credential variable that any platform knows reaches the program, but those being set.
enum Pristine {
    static func apply(to injection: inout Injection, _ session: Session) throws(Failure) {
        let kept = Set(injection.block.setNames)
        for entry in session.catalog.names() {
            guard let platform = try? session.platform(entry.name) else { continue }
            let names =
                platform.environment.compactMap { $0.name.text(name: "", plain: [:]) }
                + platform.unset.map(\.name)
            for name in names where !kept.contains(name) { try injection.block.unset(name, source: "--pristine") }
        }
    }
}
