import KistModel
import SecretMemory

/// The temporary keys in an answer of AWS's token service, which is XML, or JSON when the service goes along with that.
/// Total: anything else is no answer.
struct TokenServiceAnswer: ~Copyable {
    let keyID: String
    let secret: SecretBytes
    let token: SecretBytes
    let expires: Timestamp

    /// `nil` when these are no keys.
    static func read(_ body: borrowing SecretBytes) -> TokenServiceAnswer? {
        body.withBytes { bytes in
            guard let id = value("AccessKeyId", bytes), let secret = value("SecretAccessKey", bytes),
                let token = value("SessionToken", bytes), let end = value("Expiration", bytes),
                (1...128).contains(id.count), (1...128).contains(secret.count), (1...8_192).contains(token.count),
                let expires = moment(end.withBytes { String(decoding: $0.prefix(40), as: UTF8.self) })
            else { return nil }
            return TokenServiceAnswer(
                keyID: id.withBytes { String(decoding: $0, as: UTF8.self) }, secret: secret, token: token,
                expires: expires)
        }
    }

    /// AWS's word for why not ("AccessDenied").
    static func code(_ body: borrowing SecretBytes) -> String? {
        body.withBytes { bytes in value("Code", bytes)?.withBytes { Harmless.word($0) } }
    }

    private init(keyID: String, secret: consuming SecretBytes, token: consuming SecretBytes, expires: Timestamp) {
        self.keyID = keyID
        self.secret = secret
        self.token = token
        self.expires = expires
    }

    /// The first element or member of that name: printable ASCII without quotes, brackets and references.
    private static func value(_ name: String, _ bytes: UnsafeRawBufferPointer) -> SecretBytes? {
        if let start = end(of: Array("<\(name)>".utf8), in: bytes) { return text(bytes, start, until: 0x3C) }
        guard var at = end(of: Array("\"\(name)\"".utf8), in: bytes) else { return nil }
        while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D, 0x3A].contains(bytes[at]) { at += 1 }
        guard at < bytes.count else { return nil }
        if bytes[at] == 0x22 { return text(bytes, at + 1, until: 0x22) }
        // A number.
        let word = bytes[at...].prefix { (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0) }
        return word.isEmpty
            ? nil
            : SecretBytes(count: word.count) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: word)) }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer, _ start: Int, until mark: UInt8) -> SecretBytes? {
        var value = SecretBuffer()
        var at = start
        while at < bytes.count, bytes[at] != mark {
            // JSON may write a slash as `\/`.
            if bytes[at] == 0x5C, at + 1 < bytes.count, bytes[at + 1] == 0x2F { at += 1 }
            let byte = bytes[at]
            guard byte > 0x20, byte < 0x7F, ![0x22, 0x26, 0x3C, 0x3E, 0x5C].contains(byte), value.count < 16_384 else {
                return nil
            }
            value.append(byte)
            at += 1
        }
        return at < bytes.count && value.count > 0 ? value.finish() : nil
    }

    private static func end(of word: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= word.count else { return nil }
        for start in 0...(bytes.count - word.count) where bytes[start] == word[0] {
            if bytes[start..<start + word.count].elementsEqual(word) { return start + word.count }
        }
        return nil
    }

    /// RFC 3339 with or without fractions of a second, or seconds since 1970 as JSON writes them.
    private static func moment(_ text: String) -> Timestamp? {
        if let seconds = Double(text) {
            guard seconds >= 0, seconds < 253_402_300_800 else { return nil }
            return Timestamp(seconds: Int64(seconds))
        }
        if let moment = Timestamp(text) { return moment }
        guard let dot = text.firstIndex(of: ".") else { return nil }
        return Timestamp(text[..<dot] + "Z")
    }
}
