/// The release part of a Python version, compared number by number: 2.9 < 2.10, 2.10 == 2.10.0.
///
/// A pre-release (2.11.0rc1) counts as its release, which is the safe side for "from 2.11 on it is broken".
package struct PackageVersion: Hashable, Sendable, Comparable {
    /// Without trailing zeros.
    private let numbers: [Int]

    /// - Returns: `nil` when `text` does not begin with a number, or has more than eight.
    package init?(_ text: String) {
        var numbers: [Int] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            let digits = part.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits), digits.count <= 9 else { break }
            numbers.append(number)
            if digits.count < part.count { break }
        }
        guard !numbers.isEmpty, numbers.count <= 8 else { return nil }
        while numbers.last == 0, numbers.count > 1 { numbers.removeLast() }
        self.numbers = numbers
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.numbers.lexicographicallyPrecedes(right.numbers)
    }
}
