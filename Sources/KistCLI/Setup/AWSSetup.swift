internal import KistModel

/// A profile in `~/.aws/config` whose keys Kist gives: `credential_process`, which the AWS CLI and all SDKs read.
enum AWSSetup: ToolSetup {
    static let name = "aws"
    static let abstract = "a profile in ~/.aws/config: kist setup aws NAME [--as PROFILE]"
    static let example = "kist setup aws work --as default"

    static func edits(_ place: SetupPlace, undo: Bool) throws(Failure) -> [SetupEdit] {
        guard place.words.count == 1 else { throw Failure.usage("which credential?", advice: [example]) }
        let credential = try Read.credential(place.words[0])
        let profile = try place.plainName(credential, "a profile's name")
        let section = profile == "default" ? "[default]" : "[profile \(profile)]"
        let path = place.environment.nonEmpty("AWS_CONFIG_FILE") ?? "\(place.home)/.aws/config"
        let line = "credential_process = \(try program(place)) provider aws \(credential)"
        // Whether it is there is better known now than at the first use.
        if !undo { _ = try place.overview(credential) }
        return [
            try place.edit(path) { (text) throws(Failure) in
                var lines = SettingsLines(text)
                if undo {
                    lines.remove(line, from: section)
                    return lines.text
                }
                let present = lines.line(in: section, key: "credential_process")
                guard present == nil || present == line else {
                    throw Failure(
                        "the profile \(profile) has its keys from another program",
                        advice: ["another profile:  kist setup aws \(credential) --as NAME"])
                }
                lines.add(line, to: section)
                return lines.text
            }
        ]
    }

    static func notes(_ place: SetupPlace) -> [String] {
        let profile = place.name ?? place.words[0]
        return ["use it:  aws --profile \(profile) sts get-caller-identity   or   AWS_PROFILE=\(profile)"]
    }

    /// The SDKs take the line apart at blanks, and know double quotes.
    private static func program(_ place: SetupPlace) throws(Failure) -> String {
        let path = place.program
        guard !path.contains(where: { $0 == "\"" || $0 == "\\" || $0 == "\n" }) else {
            throw Failure("the SDKs cannot start a program at \(path)")
        }
        return path.contains(" ") ? "\"\(path)\"" : path
    }
}
