internal import KistCrypto
internal import KistModel

/// The list of rejections in a stored overview: `u8 count (1…8) × (text8 host ‖ u64 revision ‖ i64 when)`.
extension Rejection {
    static func write(_ rejections: [Rejection], to writer: inout ByteWriter) {
        writer.number(UInt8(rejections.count))
        for rejection in rejections {
            writer.text8(rejection.host)
            writer.number(rejection.revision)
            writer.number(rejection.when.seconds)
        }
    }

    static func read(_ reader: inout ByteReader) throws(Malformed) -> [Rejection] {
        let count = Int(try reader.number(UInt8.self))
        guard (1...most).contains(count) else { throw Malformed() }
        var rejections: [Rejection] = []
        for _ in 0..<count {
            let rejection = Rejection(
                host: try reader.text8(), revision: try reader.number(), when: try StoredOverview.moment(&reader))
            guard rejection.isWritable else { throw Malformed() }
            rejections.append(rejection)
        }
        return rejections
    }
}
