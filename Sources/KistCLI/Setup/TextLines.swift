extension String {
    /// Its lines, parted by bytes at LF: to Swift the two of CR LF are one character, which is no LF. A CR stays with its line.
    var linesByBytes: [String] {
        utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A line without the CR at its end.
    var withoutReturn: String { utf8.last == 0x0D ? String(decoding: utf8.dropLast(), as: UTF8.self) : self }

    /// Whether another line can follow.
    var endsLine: Bool { isEmpty || utf8.last == 0x0A }

    /// This line with the end that `other` has.
    func ended(as other: String) -> String { other.utf8.last == 0x0D ? self + "\r" : self }
}
