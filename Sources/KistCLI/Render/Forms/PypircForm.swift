import KistClient
import SecretMemory

/// A `.pypirc` with one index for each credential, named after it.
enum PypircForm {
    static func begin(_ credentials: [FormCredential], _ text: inout SecretBuffer) {
        text.append("[distutils]\nindex-servers =\n" + credentials.map { "    \($0.name)\n" }.joined())
    }

    static func append(
        _ credential: FormCredential, _ reply: borrowing RevealReply, _ text: inout SecretBuffer
    ) throws(Failure) {
        let url = try credential.value(["url", "repository"], reply, in: .pypirc)
        let user = try credential.value(["username", "user"], reply, in: .pypirc)
        let password = try credential.value(
            ["password", credential.mainField].compactMap { $0 }, reply, in: .pypirc)
        text.append("\n[\(credential.name)]\n")
        try line("repository", url, credential, &text)
        try line("username", user, credential, &text)
        try line("password", password, credential, &text)
    }

    private static func line(
        _ key: String, _ value: borrowing SecretBytes, _ credential: FormCredential, _ text: inout SecretBuffer
    ) throws(Failure) {
        // A percent sign is doubled by one of its readers and not by the other.
        try credential.check(value, key, in: .pypirc) { FormCredential.isWord($0, without: "%") }
        text.append("\(key) = ")
        text.append(value)
        text.append("\n")
    }
}
