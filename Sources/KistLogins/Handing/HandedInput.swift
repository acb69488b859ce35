/// What `kist-helper` had read of a tool's words when it found that the question is one for `kist`: they stand in a pipe, and go
/// on at standard input. They are in no argument and no file.
package struct HandedInput: Hashable, Sendable {
    /// Where the words are.
    package let descriptor: Int32
    /// Milliseconds that the tool has waited for an agent already.
    package let waited: Int

    /// The most bytes that are read before somebody else goes on: any pipe holds them.
    package static let most = 4_096

    private static let option = "--handed-on"

    package init(descriptor: Int32, waited: Int) {
        self.descriptor = descriptor
        self.waited = waited
    }

    /// Stands behind the tool's own arguments.
    package var arguments: [String] { [Self.option, "\(descriptor):\(waited)"] }

    /// Takes it off the arguments of a helper; `nil` when they are the tool's own.
    package init?(takenFrom arguments: inout [String]) {
        guard arguments.count >= 2, arguments[arguments.count - 2] == Self.option else { return nil }
        let parts = arguments[arguments.count - 1].split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let descriptor = Int32(parts[0]), descriptor > 2, let waited = Int(parts[1]),
            (0...600_000).contains(waited)
        else { return nil }
        self.init(descriptor: descriptor, waited: waited)
        arguments.removeLast(2)
    }
}
