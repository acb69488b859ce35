internal import KistPosix
internal import KistProtocol

extension Agent {
    /// What the kernel gave, for `doctor`: each as it is, not as it was wished.
    var sandboxFacts: JSONValue {
        let (files, failure): (String, Int32?) =
            switch sandbox.files {
            case .open(let code): ("open", code)
            case .wide: ("wide", nil)
            case .confined: ("confined", nil)
            }
        return [
            "landlock": .integer(Int64(Confinement.level)),
            "files": .string(files),
            "filesFailure": failure.map { .integer(Int64($0)) },
            "calls": .bool(sandbox.calls == nil),
            "callsFailure": sandbox.calls.map { .integer(Int64($0)) },
            "threads": .integer(Int64(sandbox.threads)),
        ]
    }
}
