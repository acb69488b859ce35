import KistClient
import SecretMemory

/// One profile, named after the credential, in a credentials file of AWS.
enum AWSForm {
    static func append(
        _ credential: FormCredential, _ reply: borrowing RevealReply, _ text: inout SecretBuffer
    ) throws(Failure) {
        text.append("[\(credential.name)]\n")
        let id = try credential.value(["access_key_id"], reply, in: .aws)
        let secret = try credential.value(["secret_access_key", "secret_key", "secret"], reply, in: .aws)
        try line("aws_access_key_id", id, credential, &text)
        try line("aws_secret_access_key", secret, credential, &text)
        if credential.field(["session_token"], reply) != nil {
            let token = try credential.value(["session_token"], reply, in: .aws)
            try line("aws_session_token", token, credential, &text)
        }
    }

    private static func line(
        _ key: String, _ value: borrowing SecretBytes, _ credential: FormCredential, _ text: inout SecretBuffer
    ) throws(Failure) {
        // The readers of several languages differ in quotes, comments and percent signs.
        try credential.check(value, key, in: .aws) { FormCredential.isWord($0, without: "\"'\\#;%[]$") }
        text.append("\(key) = ")
        text.append(value)
        text.append("\n")
    }
}
