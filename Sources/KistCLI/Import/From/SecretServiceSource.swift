import KistProtocol
import SecretMemory

/// What git, docker, cargo and Python's keyring keep in the desktop's keyring (the Secret Service).
enum SecretServiceSource {
    static func read(_ session: Session, into foreign: inout Foreign) throws(Failure) {
        guard let helper = KeyringHelper.beside(session.environment) else {
            throw Failure("kist-keyring cannot be found beside kist")
        }
        let reply = helper.ask(KeyringRequest(.others, mayAsk: true, milliseconds: KeyringHelper.patient))
        if reply.answer.outcome == .nothing { return }
        if let failure = KeyringFailure.failure(reply.answer) { throw failure }
        let isWhole = reply.segments.count == 1 ? reply.segments.withSegment(0) { parse($0, into: &foreign) } : false
        guard isWhole else { throw Failure("kist-keyring was not understood") }
    }

    private enum Kind: UInt8 {
        case git, docker, cargo, python
    }

    /// - Returns: `false` when the bytes are not items to their end.
    static func parse(_ bytes: UnsafeRawBufferPointer, into foreign: inout Foreign) -> Bool {
        var at = 0
        func byte() -> UInt8? {
            guard at < bytes.count else { return nil }
            at += 1
            return bytes[at - 1]
        }
        func sized() -> Range<Int>? {
            guard bytes.count - at >= 4 else { return nil }
            let count = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
            guard count <= bytes.count - at - 4 else { return nil }
            at += 4 + count
            return at - count..<at
        }
        while at < bytes.count {
            guard let kind = byte().flatMap({ Kind(rawValue: $0) }), let count = byte() else { return false }
            var attributes: [String: String] = [:]
            for _ in 0..<count {
                guard let key = sized(), let value = sized() else { return false }
                attributes[String(decoding: bytes[key], as: UTF8.self)] = String(decoding: bytes[value], as: UTF8.self)
            }
            guard let secret = sized() else { return false }
            add(kind, attributes, UnsafeRawBufferPointer(rebasing: bytes[secret]), &foreign)
        }
        return true
    }

    private static func add(
        _ kind: Kind, _ attributes: [String: String], _ secret: UnsafeRawBufferPointer, _ foreign: inout Foreign
    ) {
        var value = secret
        let (title, address, user): (String, String?, String?)
        switch kind {
        case .git:
            let host = attributes["server"].map { $0 + (attributes["port"].map { ":\($0)" } ?? "") } ?? "git"
            title = "git-\(host)"
            address = "\(attributes["protocol"] ?? "https")://\(host)" + (attributes["object"].map { "/\($0)" } ?? "")
            user = attributes["user"]
            // An expiry and a token to refresh may stand behind the password, a line each.
            value = UnsafeRawBufferPointer(rebasing: secret.prefix { $0 != 10 })
        case .docker:
            title = "docker-\(WebHost.of(attributes["server"] ?? ""))"
            address = attributes["server"]
            user = attributes["username"]
        case .cargo:
            title = "cargo-\(WebHost.of(attributes["url"] ?? ""))"
            address = attributes["url"]
            user = nil
        case .python:
            title = attributes["service"] ?? "keyring"
            address = nil
            user = attributes["username"]
        }
        var entry = Foreign.Entry(title: title, place: "keyring: \(title)", fields: [])
        if let user, !user.isEmpty {
            entry.fields.append(.init(name: "username", value: foreign.values.push(exposed: user), isSecret: false))
        }
        if !value.isEmpty {
            let name = kind == .cargo ? "token" : "password"
            entry.fields.append(.init(name: name, value: foreign.values.push(value), isSecret: true))
        }
        if let address, !address.isEmpty {
            entry.fields.append(.init(name: "url", value: foreign.values.push(exposed: address), isSecret: false))
        }
        foreign.entries.append(entry)
    }
}
