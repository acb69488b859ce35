import SecretMemory

/// A value that is a reference as a whole, `kist://…` or `op://…`. It holds no secret.
enum ReferenceText {
    static func read(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.count <= 1_024, bytes.starts(with: "op://".utf8) || bytes.starts(with: "kist://".utf8),
            SecretJSON.isUTF8(bytes)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
