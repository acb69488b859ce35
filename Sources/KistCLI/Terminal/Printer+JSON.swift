package import KistProtocol

extension Printer {
    /// One JSON value on a line of its own, exactly.
    package func json(_ value: JSONValue) {
        exact(String(decoding: value.encoded, as: UTF8.self) + "\n")
    }
}
