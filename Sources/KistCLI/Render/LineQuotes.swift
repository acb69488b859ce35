/// Which quotes may be open at a place of a line, in whatever language it is written.
///
/// What one language takes for a quote is an apostrophe in another. So both readings count: quotes that end at the next
/// one of their kind with nothing else between, and each kind by itself.
struct LineQuotes {
    private var begun: UInt8?
    private var odd: Set<UInt8> = []
    private var isEscaped = false

    /// The quotes that a value which stands here must not hold.
    var open: Set<UInt8> { begun.map { odd.union([$0]) } ?? odd }

    mutating func take(_ byte: UInt8) {
        if byte == 10 {
            self = LineQuotes()
            return
        }
        guard !isEscaped else {
            isEscaped = false
            return
        }
        if byte == UInt8(ascii: "\\"), begun != UInt8(ascii: "'") {
            isEscaped = true
            return
        }
        guard "\"'`".utf8.contains(byte) else { return }
        if odd.remove(byte) == nil { odd.insert(byte) }
        if begun == nil { begun = byte } else if begun == byte { begun = nil }
    }
}
