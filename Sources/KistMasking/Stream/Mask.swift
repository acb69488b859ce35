internal import SecretMemory

/// Covers secrets in a stream of bytes that comes in pieces.
///
/// What could still become a secret is held back until more has come, so no border between two pieces lets one through.
/// All that overlaps is covered as one. What is held lies in locked memory.
package struct Mask: ~Copyable {
    private var patterns: PatternSet
    private var labels: [[UInt8]]
    private var work: SecretBytes
    /// Bytes in `work`; the first of them is the first that is held.
    private var used = 0
    /// Up to here all has been put out or covered.
    private var done = 0
    /// Where the last covered stretch ends, in `work`; it may lie before it.
    private var coveredEnd = Int.min
    private var coveredLabel = -1
    /// Whether the character behind the last covered stretch is covered, too, when it is one of base64.
    private var swallows = false
    /// How many stretches were covered so far.
    package private(set) var covered = 0

    /// Bytes that one call of `feed` takes in at a time.
    private static let chunk = 65_536

    /// - Parameter labels: what stands in place of a secret, by its label in `patterns`.
    package init(_ patterns: PatternSet, labels: [String]) {
        self.patterns = patterns
        self.labels = labels.map { Array($0.utf8) }
        work = SecretBytes(count: Self.chunk + patterns.longest) { _ in }
    }

    /// Looks for other secrets from now on, in what is held as well: nothing of the stream is lost between the two.
    package mutating func look(for patterns: PatternSet, labels: [String]) {
        self.patterns = patterns
        self.labels = labels.map { Array($0.utf8) }
        coveredLabel = -1
        let room = max(Self.chunk + patterns.longest, work.count)
        guard room > work.count else { return }
        let held = used
        work = work.withBytes { old in
            SecretBytes(count: room) { new in
                new.copyMemory(from: UnsafeRawBufferPointer(rebasing: old[..<held]))
            }
        }
    }

    /// Bytes that were taken and not yet put out.
    package var held: Int { used - done }

    /// Takes more of the stream and appends to `output` what can be put out.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = min(rest.count, work.count - used)
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(count))
            let from = used
            work.withMutableBytes { target in
                UnsafeMutableRawBufferPointer(rebasing: target[from..<from + count]).copyMemory(from: part)
            }
            used += count
            rest = rest.dropFirst(count)
            advance(into: &output, isLast: false)
        }
    }

    /// The stream has ended: puts out what is left.
    package mutating func finish(into output: inout [UInt8]) { advance(into: &output, isLast: true) }

    /// Whether what is held could be put out now: all of what may become a secret is so short, that which was put out
    /// before as well. Otherwise a secret that comes in small pieces would be put out piece by piece.
    package func canRelease(atMost most: Int) -> Bool { held > 0 && used <= most }

    /// Nothing has come for a while: puts out what is held when it is so short that it says nothing of a secret. What
    /// comes then is still compared with it.
    package mutating func release(atMost most: Int, into output: inout [UInt8]) {
        guard canRelease(atMost: most) else { return }
        put(upTo: used, into: &output)
    }

    // MARK: -

    private mutating func advance(into output: inout [UInt8], isLast: Bool) {
        var hold = used
        var position = 0
        while let hit = next(from: position, isLast: isLast) {
            if hit.isOpen { hold = hit.position }
            if hit.isWhole { cover(hit, into: &output) }
            // What lies behind may be part of what is still open, and is looked at again with it.
            if hold < used { break }
            position = hit.position + 1
        }
        if done < hold { put(upTo: hold, into: &output) }
        let kept = used - hold
        if hold > 0 {
            work.withMutableBytes { bytes in
                let from = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[hold..<hold + kept])
                UnsafeMutableRawBufferPointer(rebasing: bytes[..<kept]).copyMemory(from: from)
            }
        }
        used = kept
        done -= hold
        // Far behind is as good as never; it must not run below the smallest number.
        coveredEnd = max(coveredEnd, Int.min + hold) - hold
    }

    private borrowing func next(from position: Int, isLast: Bool) -> PatternSet.Hit? {
        work.withBytes { bytes in
            patterns.next(
                in: UnsafeRawBufferPointer(rebasing: bytes[..<used]), from: position, isLast: isLast)
        }
    }

    private mutating func cover(_ hit: PatternSet.Hit, into output: inout [UInt8]) {
        guard hit.end > done else { return }
        if done < hit.position { put(upTo: hit.position, into: &output) }
        // Pieces of one secret in a row get one label.
        if coveredEnd != done || coveredLabel != hit.label {
            output += labels[hit.label]
            covered += 1
        }
        done = hit.end
        coveredEnd = done
        coveredLabel = hit.label
        swallows = hit.swallows
    }

    private mutating func put(upTo end: Int, into output: inout [UInt8]) {
        if swallows, coveredEnd == done {
            swallows = false
            let next = work.withBytes { $0[done] }
            if Self.isBase64(next) {
                done += 1
                coveredEnd = done
            }
        }
        guard done < end else { return }
        work.withBytes { output.append(contentsOf: $0[done..<end]) }
        done = end
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "+/-_".utf8.contains(byte)
    }
}
