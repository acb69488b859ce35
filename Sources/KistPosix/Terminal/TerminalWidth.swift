private import CKistPosix

package enum TerminalWidth {
    /// The columns of the terminal at `descriptor`, `nil` when it is none or does not know.
    package static func columns(_ descriptor: Int32) -> Int? {
        let columns = kist_columns(descriptor)
        return columns > 0 ? Int(columns) : nil
    }
}
