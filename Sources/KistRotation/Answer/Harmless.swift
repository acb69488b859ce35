/// Text from the network that may reach a terminal: printable ASCII, short. Anything else becomes `?`.
enum Harmless {
    /// At most 64 characters.
    static func word(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.prefix(64).map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
