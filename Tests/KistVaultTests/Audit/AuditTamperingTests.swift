import Glibc
import KistCrypto
import KistModel
import SecretMemory
import Testing

@testable import KistVault

/// Whoever can write the file, or even knows the vault's keys: what `verify` finds.
struct AuditTamperingTests {
    let bench = LogBench()
    let code = LogBench.makeCode()

    /// Where the entries of the active segment lie.
    private func frames(_ store: MemoryAudit) throws -> [Range<Int>] {
        var reader = AuditReader(store, nil, to: store.files.active?.count ?? 0)
        var frames: [Range<Int>] = []
        var start = AuditSegment.start
        while case .entry(let frame) = try reader.next() {
            frames.append(start..<frame.end)
            start = frame.end
        }
        return frames
    }

    private func closed(_ count: Int) throws -> MemoryAudit {
        let (store, log) = try bench.filled(count, code: code)
        log.close()
        return store
    }

    private func faults(_ bytes: [UInt8], older: [UInt64: [UInt8]]) throws -> [AuditReport.Fault] {
        let store = MemoryAudit(.init(active: bytes, older: older))
        let seen = MemoryAnchors()
        seen.bytes = bench.seen.bytes
        return try bench.open(store, seen: seen).report().faults
    }

    @Test func everyChangeRemovalSwapAndCutIsFound() throws {
        let store = try closed(12)
        let whole = try #require(store.files.active)
        let older = store.files.older
        let frames = try frames(store)
        #expect(frames.count == 13)
        #expect(try faults(whole, older: older) == [])
        for position in AuditSegment.start..<whole.count {
            var bent = whole
            bent[position] ^= 1 << UInt8(position % 8)
            #expect(try faults(bent, older: older) != [], "byte \(position)")
        }
        for (index, frame) in frames.enumerated() {
            #expect(try faults(Array(whole[..<frame.lowerBound] + whole[frame.upperBound...]), older: older) != [])
            #expect(
                try faults(
                    Array(whole[..<frame.upperBound] + whole[frame] + whole[frame.upperBound...]), older: older) != [])
            for other in frames[(index + 1)...] {
                let swapped =
                    whole[..<frame.lowerBound] + whole[other] + whole[frame.upperBound..<other.lowerBound]
                    + whole[frame] + whole[other.upperBound...]
                #expect(try faults(Array(swapped), older: older) != [])
            }
        }
        for count in 0..<whole.count {
            #expect(try faults(Array(whole[..<count]), older: older) != [], "cut at \(count)")
        }
        for more in [1, 12, 400] {
            #expect(try faults(whole + RandomBytes.make(more), older: older) != [])
        }
    }

    /// Every byte of the beginning: noticed, or nothing changes.
    @Test func everyByteOfTheBeginningIsNoticedOrHarmless() throws {
        let store = try closed(3)
        let whole = try #require(store.files.active)
        let entries = try bench.open(MemoryAudit(store.files)).all()
        var noticed = 0
        for position in 0..<AuditSegment.start {
            var bent = store.files
            bent.active?[position] = whole[position] ^ 0x41
            let seen = MemoryAnchors()
            seen.bytes = bench.seen.bytes
            let log = try bench.open(MemoryAudit(bent), seen: seen)
            let hasFaults = try !log.report().faults.isEmpty
            if hasFaults { noticed += 1 } else { #expect(try log.all() == entries, "byte \(position)") }
        }
        // The head and the key, at least.
        #expect(noticed >= AuditSegment.headCount + AuditSegment.wrapCount)
    }

    @Test func aLogThatIsGoneOrOlderIsSaid() throws {
        let store = try closed(5)
        let earlier = store.files
        let log = try bench.open(store)
        for number in 0..<5 { try log.append(try LogBench.entry(number), .durable) }
        log.close()
        // Gone, put back as it was before, and another vault's.
        #expect(try bench.open(MemoryAudit()).report().faults.map(\.what) == ["the log was begun anew: missing"])
        let back = try bench.open(MemoryAudit(earlier))
        #expect(try back.report().faults.contains { $0.what == "the log was begun anew: cut" })
        // Numbers are not given twice.
        #expect(back.sequence > 12)
        let foreign = try LogBench().filled(3, code: code).store
        #expect(try bench.open(foreign).report().faults.contains { $0.what == "the log was begun anew: foreign" })
        // It is said until it is too old to be kept, not only once.
        back.close()
    }

    /// The last state outside is lost as well: a cut before the state that the segment itself keeps is still found.
    @Test func aCutIsFoundWithoutTheStateOutside() throws {
        let store = try closed(6)
        let frames = try frames(store)
        for frame in frames.dropFirst() {
            let bent = MemoryAudit(store.files)
            bent.files.active?.removeSubrange(frame.lowerBound...)
            #expect(try bench.open(bent, seen: MemoryAnchors(), isSeenKept: false).report().faults != [])
        }
    }

    /// Somebody who learnt the vault's keys, and the chain's present one, writes the past anew: seals, numbers, chain and
    /// state all fit. Only the recovery code's line does not.
    @Test func thePastCannotBeWrittenAnewByWhoLearntTheKeysLater() throws {
        let store = try closed(8)
        let intruder = try bench.open(MemoryAudit(store.files))
        let present = intruder.chain.copy()
        var previous = intruder.segment.previous
        var bytes = Array(try #require(store.files.active)[..<AuditSegment.start])
        for (index, var entry) in try intruder.all().dropFirst().enumerated() {
            if index == 4 { entry.reason = "nothing happened here" }
            // The best that is left: the key of now for all entries.
            var frame: [UInt8] = []
            AuditFrame.encode(
                entry, previous: previous, segment: intruder.segment.id, seal: intruder.sealKey, chain: present,
                into: &frame)
            previous = Array(frame.suffix(AuditFrame.tagCount))
            bytes += frame
        }
        let state = AuditState.encode(
            sequence: intruder.sequence, offset: bytes.count, chain: present, tag: previous, intruder.segmentKey)
        for place in AuditState.places { bytes.replaceSubrange(place..<place + state.count, with: state) }
        let seen = MemoryAnchors()
        seen.bytes = AuditSeen(next: intruder.sequence, tag: previous).encode(
            vaultID: bench.vaultID, bench.root.bytes)
        let forged = try bench.open(MemoryAudit(.init(active: bytes, older: store.files.older)), seen: seen)
        #expect(try forged.report().faults == [])
        #expect(try forged.all().contains { $0.reason == "nothing happened here" })
        let proof = try forged.report(code: code)
        #expect(proof.proved == 0)
        let honest = try bench.open(MemoryAudit(store.files)).report(code: code)
        #expect(honest.proved == 9)
    }

    /// From the middle on: what was proved before makes the forgery a fault.
    @Test func aForgedEndIsAFaultWithTheCode() throws {
        let store = try closed(8)
        let intruder = try bench.open(MemoryAudit(store.files))
        let frames = try frames(store)
        let kept = frames[4].upperBound
        var bytes = Array(try #require(store.files.active)[..<kept])
        var reader = AuditReader(store, nil, to: kept)
        var previous = intruder.segment.previous
        while case .entry(let frame) = try reader.next() { previous = frame.tag }
        for var entry in try intruder.all().dropFirst(6) {
            entry.reason = "forged"
            var frame: [UInt8] = []
            AuditFrame.encode(
                entry, previous: previous, segment: intruder.segment.id, seal: intruder.sealKey, chain: intruder.chain,
                into: &frame)
            previous = Array(frame.suffix(AuditFrame.tagCount))
            bytes += frame
        }
        let state = AuditState.encode(
            sequence: intruder.sequence, offset: bytes.count, chain: intruder.chain, tag: previous,
            intruder.segmentKey)
        for place in AuditState.places { bytes.replaceSubrange(place..<place + state.count, with: state) }
        let forged = try bench.open(
            MemoryAudit(.init(active: bytes, older: store.files.older)), seen: MemoryAnchors(),
            isSeenKept: false)
        #expect(try forged.report().faults == [])
        let proof = try forged.report(code: code)
        #expect(proof.faults.first?.sequence == 7)
    }

    /// A log that was lost begins anew without the code; its key is sealed to whoever has it.
    @Test func aLogBegunWithoutTheCodeIsProvedByTheCodeAllTheSame() throws {
        var bench = bench
        guard let secret = RecoveryCode.decode(SecretBytes(copyingExposed: code.utf8)) else { fatalError("no code") }
        bench.recipient = AuditLine.recipient(of: secret)
        bench.limits.segment = 2_048
        let store = MemoryAudit()
        let log = try bench.open(store)
        for number in 0..<10 { try log.append(try LogBench.entry(number), .first) }
        log.close()
        let report = try bench.open(store).report(code: code)
        #expect(report.faults == [])
        #expect(report.proved == 11)
        #expect(try bench.open(store).report(code: LogBench.makeCode()).proved == 0)
    }

    @Test func anotherCodeProvesNothingAndSaysNoFault() throws {
        let store = try closed(4)
        let report = try bench.open(store).report(code: LogBench.makeCode())
        #expect(report.proved == 0)
        #expect(report.faults == [])
    }

    /// Any bytes at all in place of the log.
    @Test func anyBytesAreALogThatWasBegunAnew() throws {
        let store = try closed(2)
        let whole = try #require(store.files.active)
        for round in 0..<300 {
            var bytes = round % 2 == 0 ? RandomBytes.make(round * 20 + 1) : whole
            if round % 2 == 1 {
                for _ in 0..<round { bytes[Int.random(in: 0..<bytes.count)] = .random(in: 0 ... .max) }
            }
            let log = try bench.open(MemoryAudit(.init(active: bytes, older: [:])))
            _ = try log.all()
            _ = try log.report()
            bytes.withUnsafeBytes { _ = try? AuditEntry.decode($0) }
        }
    }

    /// A head is not the vault's as long as its key does not open: no number in it may stop the agent.
    @Test func aFirstNumberThatNobodyVouchesForStopsNothing() throws {
        let store = try closed(2)
        let firsts: [UInt64] = [.max, .max - 1, 1 << 62, (1 << 62) + 1, 1 << 48, 1 << 20]
        for first in firsts {
            var bytes = try #require(store.files.active)
            bytes.replaceSubrange(57..<65, with: withUnsafeBytes(of: first.bigEndian) { Array($0) })
            let log = try bench.open(MemoryAudit(.init(active: bytes)), seen: MemoryAnchors(), isSeenKept: false)
            for number in 0..<3 { try log.append(try LogBench.entry(number), .durable) }
            #expect(try log.report().faults.map(\.what).contains { $0.hasPrefix("the log was begun anew") })
            #expect(log.sequence < 1 << 49)
            // And the one that follows is opened like any other.
            let next = try bench.open(
                MemoryAudit((log.store as? MemoryAudit)?.files ?? .init()), seen: MemoryAnchors(), isSeenKept: false)
            #expect(next.sequence == log.sequence)
        }
    }
}
