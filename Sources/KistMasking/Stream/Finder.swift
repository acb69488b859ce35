internal import SecretMemory

/// Finds secrets in a file or another run of bytes that comes in pieces, and says where.
package struct Finder: ~Copyable {
    /// One place. A secret that is found in several forms or pieces at once is told for each.
    package struct Finding: Equatable, Sendable {
        /// The first byte, counted from 0.
        package var offset: Int
        package var label: Int
        package var form: SecretForm
    }

    private let patterns: PatternSet
    private var work: SecretBytes
    private var used = 0
    /// Where the first byte of `work` stands.
    private var start = 0

    private static let chunk = 1 << 20

    package init(_ patterns: PatternSet) {
        self.patterns = patterns
        work = SecretBytes(count: Self.chunk + patterns.longest) { _ in }
    }

    /// Bytes that were taken since the last `reset`.
    package var count: Int { start + used }

    /// Another run of bytes begins.
    package mutating func reset() {
        used = 0
        start = 0
    }

    /// Lets `fill` write more bytes in place (a `read(2)`), and looks at them.
    ///
    /// - Returns: how many `fill` wrote.
    package mutating func take<E: Error>(
        _ found: (Finding) -> Void, filledBy fill: (UnsafeMutableRawBufferPointer) throws(E) -> Int
    ) throws(E) -> Int {
        let from = used
        let written = try work.withMutableBytes { (bytes) throws(E) -> Int in
            try fill(UnsafeMutableRawBufferPointer(rebasing: bytes[from...]))
        }
        used += written
        look(found, isLast: false)
        return written
    }

    /// The same for bytes that are there already.
    package mutating func take(_ bytes: UnsafeRawBufferPointer, _ found: (Finding) -> Void) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(work.count - used))
            _ = take(found) { target in
                UnsafeMutableRawBufferPointer(rebasing: target[..<part.count]).copyMemory(from: part)
                return part.count
            }
            rest = rest.dropFirst(part.count)
        }
    }

    /// What is left was the end.
    package mutating func finish(_ found: (Finding) -> Void) { look(found, isLast: true) }

    private mutating func look(_ found: (Finding) -> Void, isLast: Bool) {
        let (count, start) = (used, start)
        let hold = work.withBytes { bytes in
            let bytes = UnsafeRawBufferPointer(rebasing: bytes[..<count])
            var hold = count
            var position = 0
            while let hit = patterns.next(in: bytes, from: position, isLast: isLast) {
                // What is open begins anew with the next bytes; what is whole by then was told already.
                if hit.isOpen {
                    hold = hit.position
                    break
                }
                if hit.isWhole { found(Finding(offset: start + hit.position, label: hit.label, form: hit.form)) }
                position = hit.position + 1
            }
            return hold
        }
        let kept = count - hold
        if hold > 0, kept > 0 {
            work.withMutableBytes { bytes in
                let from = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[hold..<count])
                UnsafeMutableRawBufferPointer(rebasing: bytes[..<kept]).copyMemory(from: from)
            }
        }
        used = kept
        self.start += hold
    }
}
