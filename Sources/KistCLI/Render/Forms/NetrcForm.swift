import KistClient
import KistModel
import KistPlatforms
import SecretMemory

/// `machine HOST login USER password PASSWORD`, so that curl, Python and their relatives read the same: they differ in quotes,
/// backslashes and comments, so none of these goes in.
enum NetrcForm {
    static func append(
        _ credential: FormCredential, _ reply: borrowing RevealReply, _ text: inout SecretBuffer
    ) throws(Failure) {
        let platform = credential.platform
        let variant = credential.overview.variant
        let hosts = platform.origins(name: credential.name, variant: variant, plain: credential.plain).map(\.host)
            .uniqued.filter { !$0.contains(":") }
        guard !hosts.isEmpty else {
            throw Failure(
                "nothing says for which host \(credential.name) is, and a netrc line without one would be for all",
                advice: ["kist edit \(credential.name) url=https://…"])
        }
        let user: SecretBytes
        let password: SecretBytes
        if let pair = platform.basicPair(variant: variant, plain: credential.plain) {
            user = credential.filled(pair.user, reply)
            password = credential.filled(pair.password, reply)
        } else {
            user = try credential.value(["username", "user", "login", "client_id"], reply, in: .netrc)
            password = try credential.value([credential.mainField].compactMap { $0 }, reply, in: .netrc)
        }
        for (value, part) in [("user", 0), ("password", 1)] {
            let isFit = { (bytes: UnsafeRawBufferPointer) in FormCredential.isWord(bytes, without: "\"'\\") }
            if part == 0 {
                try credential.check(user, value, in: .netrc, isFit)
            } else {
                try credential.check(password, value, in: .netrc, isFit)
            }
        }
        for host in hosts {
            text.append("machine \(host) login ")
            text.append(user)
            text.append(" password ")
            text.append(password)
            text.append("\n")
        }
    }
}
