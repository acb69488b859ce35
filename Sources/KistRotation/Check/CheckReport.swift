package import KistPlatforms
package import KistProtocol

/// What a check found, as it goes back to `kist`. Every text is harmless on a terminal and holds no secret.
package struct CheckReport: Equatable, Sendable {
    package var verdict: CheckVerdict
    package var http: Int?
    package var milliseconds: Int?
    /// The replica that the platform names, else the host.
    package var answeredBy: String?
    package var why: String?
    /// What a success proves, when that is less than everything.
    package var proves: String?

    package init(
        _ verdict: CheckVerdict, http: Int? = nil, milliseconds: Int? = nil, answeredBy: String? = nil,
        why: String? = nil, proves: String? = nil
    ) {
        self.verdict = verdict
        self.http = http
        self.milliseconds = milliseconds
        self.answeredBy = answeredBy
        self.why = why
        self.proves = proves
    }

    package var json: JSONValue {
        [
            "status": .string(verdict.rawValue), "http": http.map { .integer(Int64($0)) },
            "milliseconds": milliseconds.map { .integer(Int64($0)) }, "answeredBy": answeredBy.map { .string($0) },
            "why": why.map { .string($0) }, "proves": proves.map { .string($0) },
        ]
    }
}
