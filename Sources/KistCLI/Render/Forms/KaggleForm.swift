import KistClient
import SecretMemory

/// `{"username":…,"key":…}`.
enum KaggleForm {
    static func append(
        _ credential: FormCredential, _ reply: borrowing RevealReply, _ text: inout SecretBuffer
    ) throws(Failure) {
        let user = try credential.value(["username", "user"], reply, in: .kaggle)
        let key = try credential.value(["key", "api_key"], reply, in: .kaggle)
        try credential.check(user, "user name", in: .kaggle) { SecretJSON.isUTF8($0) }
        try credential.check(key, "key", in: .kaggle) { SecretJSON.isUTF8($0) }
        text.append("{\"username\":")
        _ = user.withBytes { SecretJSON.append($0, to: &text) }
        text.append(",\"key\":")
        _ = key.withBytes { SecretJSON.append($0, to: &text) }
        text.append("}\n")
    }
}
