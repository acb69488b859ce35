import KistClient
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

/// For each secret of a credential something that looks like it, was made for one run, and only the proxy can change back.
struct StandIns: ~Copyable {
    /// The stand-ins by field; no secret, but worth something to whoever can reach the proxy while it runs.
    let texts: [String: String]
    /// Stand-in, secret, stand-in, secret, … end to end, and their lengths.
    let bytes: SecretBytes
    let lengths: [Int]

    /// 32 random bytes as base64url.
    static func token() -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var random = SystemRandomNumberGenerator()
        return String(decoding: (0..<43).map { _ in letters[Int(random.next() & 63)] }, as: UTF8.self)
    }

    init(_ reply: borrowing RevealReply, _ platform: Platform) throws(Failure) {
        guard let item = reply.items.first else { throw Failure("the agent answered without the credential") }
        var texts: [String: String] = [:]
        var buffer = SecretBuffer(capacity: 1_024)
        var lengths: [Int] = []
        for place in item.fields {
            let field = platform.field(named: place.name.description, variant: item.overview.variant)
            let isFit = reply.segments.withSegment(place.segment) { secret in
                secret.count <= 8_192 && secret.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            }
            guard isFit else {
                throw Failure(
                    "\(item.overview.name).\(place.name) cannot stand in a header, so no proxy can put it there")
            }
            // What looks at the form of a key finds it: the customer before its colon, a prefix that is always there.
            var front = field?.limits.prefixes.first ?? ""
            if field?.form == .customerSecret {
                front = reply.segments.withSegment(place.segment) { secret in
                    String(decoding: secret.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self) + ":"
                }
            }
            let text = front + "kist-proxy-" + Self.token()
            texts[place.name.description] = text
            buffer.append(text)
            lengths.append(text.utf8.count)
            reply.segments.withSegment(place.segment) { secret in
                buffer.append(secret)
                lengths.append(secret.count)
            }
        }
        guard !texts.isEmpty else { throw Failure("\(item.overview.name) holds no secret") }
        self.texts = texts
        self.lengths = lengths
        bytes = buffer.finish()
    }
}
