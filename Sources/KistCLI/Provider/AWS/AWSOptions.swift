/// What stands behind `kist provider aws`.
struct AWSOptions: Equatable {
    var name = ""
    var role: String?
    var serial: String?
    var duration: String?
    var externalID: String?

    init(_ arguments: [String]) throws(Failure) {
        var rest = arguments[...]
        var names: [String] = []
        while let word = rest.popFirst() {
            guard word.hasPrefix("-") else {
                names.append(word)
                continue
            }
            let mark = word.firstIndex(of: "=")
            let option = String(word[..<(mark ?? word.endIndex)])
            let given = mark.map { String(word[word.index(after: $0)...]) }
            guard ["--role-arn", "--mfa-serial", "--duration", "--external-id"].contains(option) else {
                throw Failure.usage("that option is not known here", advice: [AWSProvider.example])
            }
            guard let value = given ?? rest.popFirst(), !value.isEmpty else {
                throw Failure.usage("\(option) needs a value")
            }
            switch option {
            case "--role-arn": role = value
            case "--mfa-serial": serial = value
            case "--duration": duration = value
            default: externalID = value
            }
        }
        guard names.count == 1 else { throw Failure.usage("which credential?", advice: [AWSProvider.example]) }
        name = names[0]
    }
}
