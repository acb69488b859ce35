package import SecretMemory

/// What docker asks of a credential helper.
package enum DockerRequest {
    /// The longest request.
    package static let longest = 1 << 20

    /// `get` and `erase`: the server's address, as docker writes it, without the blanks around it.
    package static func server(_ input: borrowing SecretBytes) throws(ProviderRefusal) -> String {
        try input.withBytes { (bytes) throws(ProviderRefusal) in
            var rest = bytes[...]
            while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
            while let first = rest.first, isBlank(first) { rest = rest.dropFirst() }
            return try WireText.text(UnsafeRawBufferPointer(rebasing: rest), "ServerURL", most: 2_048)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }
}

/// `store`: `{"ServerURL":"…","Username":"…","Secret":"…"}`. Other members are not looked at.
package struct DockerLogin: ~Copyable, Sendable {
    package let server: String
    package let username: String
    package let secret: SecretBytes

    package init(_ input: borrowing SecretBytes) throws(ProviderRefusal) {
        let object = try FlatObject(input)
        let server = try object.text("ServerURL") ?? ""
        let username = try object.text("Username") ?? ""
        guard let secret = object.value("Secret") else { throw ProviderRefusal("Secret", "it is missing") }
        try WireText.checkSecret(secret, "Secret")
        self.init(server: server, username: username, secret: secret)
    }

    private init(server: String, username: String, secret: consuming SecretBytes) {
        self.server = server
        self.username = username
        self.secret = secret
    }
}
