/// The name of an environment variable that Kist is about to set.
package enum VariableName {
    /// Checks the name.
    ///
    /// An empty name and one with `=`, NUL, a line end or another control character are never set. A dangerous one
    /// (`DangerousNames`) is set only when the user said so for this command.
    ///
    /// - Parameter source: what wants to set it, for the message ("kumo", "kist.toml").
    package static func check(_ name: String, source: String, allowingDangerous: Bool) throws(Failure) {
        guard !name.isEmpty else { throw Failure("\(source): an environment variable cannot have an empty name") }
        let bad = name.utf8.contains { $0 == UInt8(ascii: "=") || $0 < 0x20 || $0 == 0x7F }
        guard !bad else {
            throw Failure(
                "\(source): '=', NUL, line ends and control characters cannot stand in the name of a variable")
        }
        guard name.utf8.count <= 255 else {
            throw Failure("\(source): the name of a variable is longer than 255 bytes")
        }
        guard allowingDangerous || !DangerousNames.contains(name) else {
            throw Failure(
                "\(source) would set \(name), which can make programs run other code",
                advice: ["If that is what you want:  kist run --allow-dangerous-names …"])
        }
    }
}
