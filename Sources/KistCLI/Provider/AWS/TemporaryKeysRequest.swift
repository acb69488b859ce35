internal import KistModel

/// Which temporary keys are wanted: what was said, else what stands with the credential.
struct TemporaryKeysRequest: Equatable {
    let role: String?
    let serial: String?
    let duration: Int64?
    let externalID: String?
    /// Where AWS's token service is asked.
    let url: String

    static let usualPlace = "https://sts.amazonaws.com"

    /// `nil` when neither a role nor a second factor is asked for: the keys themselves will do.
    init?(_ options: AWSOptions, _ overview: Overview) throws(Failure) {
        func value(_ given: String?, _ field: String) throws(Failure) -> String? {
            let text = given ?? overview.plain.first { $0.name.description == field && !$0.value.isEmpty }?.value
            guard let text else { return nil }
            guard text.utf8.count <= 256, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw Failure.usage("\(field): printable characters without blanks, 256 at most")
            }
            return text
        }
        role = try value(options.role, "role_arn")
        serial = try value(options.serial, "mfa_serial")
        externalID = try value(options.externalID, "external_id")
        let seconds = try value(options.duration, "duration")
        duration = seconds.flatMap { Int64($0) }
        guard seconds == nil || duration.map({ (900...129_600).contains($0) }) == true else {
            throw Failure.usage("a duration is 900 to 129600 seconds")
        }
        url = overview.plain.first { $0.name.description == "url" && !$0.value.isEmpty }?.value ?? Self.usualPlace
        guard role != nil || serial != nil || options.duration != nil else { return nil }
    }

    /// By which the agent knows the keys again.
    var label: String {
        ["aws", url, role ?? "", serial ?? "", duration.map { "\($0)" } ?? "", externalID ?? ""]
            .joined(separator: "\u{1F}")
    }
}
