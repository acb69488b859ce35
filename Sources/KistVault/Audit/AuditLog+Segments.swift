internal import KistCrypto
package import KistModel
package import SecretMemory

/// From one segment to the next.
extension AuditLog {
    /// Goes on in a new segment; the chain goes on, too.
    func rotate() throws(AuditStoreError) {
        if isDirty { try sync() }
        try follow(line: segment.line, chain: chain.copy(), first: sequence, previous: tag)
    }

    /// Begins a line from a new recovery code: what is written from now on can be proved with that one.
    ///
    /// - Parameter code: as typed or shown.
    package func renew(code text: borrowing SecretBytes, who: AuditEntry.Who, now: Timestamp) throws(AuditStoreError) {
        guard let code = RecoveryCode.decode(text) else { return }
        if isDirty { try sync() }
        recipient = AuditLine.recipient(of: code)
        let begun = AuditLine.begin(at: sequence, code: code, vaultID: vaultID)
        try follow(line: begun.line, chain: begun.key.copy(), first: sequence, previous: tag)
        try append(AuditEntry(verb: AuditEntry.aboutLog, purpose: "renewed", who: who, when: now), .durable)
    }

    /// The log is not what was written: it is kept as it is, and a new line says why.
    func breakLine(_ why: String, now: Timestamp) throws(AuditStoreError) {
        let begun = AuditLine.begin(at: sequence, recipient: recipient)
        let zeros = [UInt8](repeating: 0, count: AuditFrame.tagCount)
        isDirty = false
        try follow(line: begun.line, chain: begun.key.copy(), first: sequence, previous: zeros)
        try append(.about(why, now: now), .durable)
        remember()
    }

    private func follow(
        line: AuditLine, chain: consuming SecretBytes, first: UInt64, previous: [UInt8]
    ) throws(AuditStoreError) {
        let retired = segment.number
        let begun = try Self.place(
            after: retired, line: line, chain: chain, first: first, previous: previous, vaultID: vaultID, audit, store,
            limits)
        segment = begun.segment
        sequence = begun.sequence
        tag = begun.tag
        offset = begun.offset
        statePlace = begun.statePlace
        reserved = 0
        sealKey = AuditKeys.seal(begun.key)
        segmentKey = begun.key.copy()
        self.chain = begun.chain.copy()
        // The old segment's copies of chain keys; the newest has moved on already, so a failure costs little.
        let zeros = [UInt8](repeating: 0, count: AuditState.count)
        for place in AuditState.places { try? store.overwrite(retired, at: place, with: zeros) }
    }

    /// Puts a new segment in place.
    ///
    /// - Parameters:
    ///   - retired: what the present active one is called from then on; `nil` when there is none.
    ///   - isFirst: older ones are of no concern.
    static func place(
        after retired: UInt64?, isFirst: Bool = false, line: AuditLine, chain: consuming SecretBytes, first: UInt64,
        previous: [UInt8],
        vaultID: [UInt8], _ audit: borrowing SecretBytes, _ store: any AuditStore, _ limits: Limits
    ) throws(AuditStoreError) -> BegunSegment {
        var older = try store.older()
        let number = max(older.last ?? 0, retired ?? 0) + 1
        // An error may have left it with its name already.
        if let retired, older.last != retired { older.append(retired) }
        let dropped = older.dropLast(limits.kept)
        let kept = older.suffix(limits.kept)
        let segment = AuditSegment(
            vaultID: vaultID, number: number, oldest: isFirst ? number : kept.first ?? number, first: first,
            previous: previous, line: line
        )
        let key = SecretBytes.makeRandom(count: 32)
        var bytes = segment.head
        func put(_ part: [UInt8], at offset: Int) {
            bytes.append(contentsOf: repeatElement(0, count: offset - bytes.count))
            bytes.append(contentsOf: part)
        }
        put(segment.wrap(key, audit), at: AuditSegment.wraps[0])
        put(
            AuditState.encode(sequence: first, offset: AuditSegment.start, chain: chain, tag: previous, key),
            at: AuditState.places[0])
        put([], at: AuditSegment.start)
        try store.begin(with: bytes, retiring: retired)
        for number in dropped { try? store.remove(number) }
        return BegunSegment(
            segment: segment, key: key, chain: chain, sequence: first, tag: previous, offset: AuditSegment.start,
            statePlace: 1)
    }
}

extension AuditEntry {
    /// What happened to the log itself.
    static func about(_ what: String, now: Timestamp) -> AuditEntry {
        AuditEntry(
            verb: aboutLog, purpose: what, who: Who(client: "", pid: 0, user: 0, program: ""), when: now)
    }
}
