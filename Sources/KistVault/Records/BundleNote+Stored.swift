internal import KistCrypto
internal import KistModel

/// The list of bundles in a stored overview: `u8 count (1…16) × (u8 stale ‖ text8 label ‖ recipient's public key32 ‖ i64 sealed
/// ‖ i64 expiry, 0 for none)`.
extension BundleNote {
    static func write(_ notes: [BundleNote], to writer: inout ByteWriter) {
        writer.number(UInt8(notes.count))
        for note in notes {
            writer.number(UInt8(note.isStale ? 1 : 0))
            writer.text8(note.label)
            writer.raw(Recipient.publicKey(of: note.recipient))
            writer.number(note.sealed.seconds)
            var end: Int64 = 0
            if case .at(let moment) = note.expiry { end = moment.seconds }
            writer.number(end)
        }
    }

    static func read(_ reader: inout ByteReader) throws(Malformed) -> [BundleNote] {
        let count = Int(try reader.number(UInt8.self))
        guard (1...most).contains(count) else { throw Malformed() }
        var notes: [BundleNote] = []
        for _ in 0..<count {
            let stale = try reader.number(UInt8.self)
            let label = try reader.text8()
            guard stale <= 1, label.utf8.count <= longestLabel else { throw Malformed() }
            let recipient = Recipient.text(of: try reader.bytes(32))
            let sealed = try StoredOverview.moment(&reader)
            let end = try StoredOverview.moment(&reader)
            notes.append(
                BundleNote(
                    label: label, recipient: recipient, sealed: sealed, expiry: end.seconds == 0 ? .never : .at(end),
                    isStale: stale == 1))
        }
        return notes
    }
}
