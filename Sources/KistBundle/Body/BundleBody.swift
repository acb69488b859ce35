internal import KistCrypto
internal import KistModel
internal import SecretMemory

/// The credentials of a bundle as they stand in its body, and where each secret value lies in it.
struct BundleBody {
    static let layout: UInt8 = 1
    static let mostCredentials = 256
    static let mostFields = 256
    static let longestText = 64 * 1_024

    struct Item {
        var overview: Overview
        /// Of the values of `overview.secrets`, in order.
        var ranges: [Range<Int>]
    }

    let items: [Item]

    /// Reads padded plaintext.
    init(padded: UnsafeRawBufferPointer) throws(Malformed) {
        guard let range = try? Padding.range(in: padded) else { throw Malformed() }
        var reader = BundleReader(UnsafeRawBufferPointer(rebasing: padded[range]))
        guard try reader.number(UInt8.self) == Self.layout else { throw Malformed() }
        let count = Int(try reader.number(UInt16.self))
        guard (1...Self.mostCredentials).contains(count) else { throw Malformed() }
        var items: [Item] = []
        var names = Set<String>()
        for _ in 0..<count {
            let item = try Self.item(&reader, from: range.lowerBound)
            guard names.insert("\(item.overview.profile)/\(item.overview.name)").inserted else { throw Malformed() }
            items.append(item)
        }
        try reader.finish()
        self.items = items
    }

    private static func item(_ reader: inout BundleReader, from start: Int) throws(Malformed) -> Item {
        let flags = try reader.number(UInt8.self)
        guard flags & ~0b1_0011 == 0 else { throw Malformed() }
        guard let profile = try? ProfileName(try reader.text8()), let name = try? CredentialName(try reader.text8())
        else { throw Malformed() }
        let platform = try reader.text8()
        var overview = Overview(profile: profile, name: name, platform: platform)
        if flags & 1 != 0 { overview.variant = try reader.text8() }
        overview.created = try reader.moment()
        overview.modified = try reader.moment()
        overview.revision = try reader.number()
        if flags & 2 != 0 { overview.expiry = .at(try reader.moment()) }
        if flags & 16 != 0 {
            guard try reader.number(UInt8.self) == 2 else { throw Malformed() }
            overview.policy = .runOnly
        }
        var fields = Set<FieldName>()
        for _ in 0..<(try count(&reader)) {
            let field = PlainField(name: try reader.field(), value: try reader.text32(most: longestText))
            guard fields.insert(field.name).inserted else { throw Malformed() }
            overview.plain.append(field)
        }
        var ranges: [Range<Int>] = []
        for _ in 0..<(try count(&reader)) {
            let field = try reader.field()
            guard fields.insert(field).inserted else { throw Malformed() }
            overview.secrets.append(field)
            let length = Int(try reader.number(UInt32.self))
            let at = start + reader.position
            _ = try reader.take(length)
            ranges.append(at..<at + length)
        }
        return Item(overview: overview, ranges: ranges)
    }

    private static func count(_ reader: inout BundleReader) throws(Malformed) -> Int {
        let count = Int(try reader.number(UInt16.self))
        guard count <= mostFields else { throw Malformed() }
        return count
    }

    /// Padded plaintext.
    ///
    /// - Parameter secrets: the values of the overviews' secret fields, one segment each, in order.
    static func encode(_ overviews: [Overview], _ secrets: borrowing SecretSegments) -> SecretBytes {
        var writer = BundleWriter(capacity: secrets.bytes.count + 1_024)
        // Room for the length that padding writes.
        writer.number(UInt32(0))
        writer.number(layout)
        writer.number(UInt16(overviews.count))
        var segment = 0
        for overview in overviews {
            write(overview, to: &writer)
            writer.number(UInt16(overview.secrets.count))
            for name in overview.secrets {
                writer.text8(name.description)
                writer.number(UInt32(secrets.lengths[segment]))
                secrets.withSegment(segment) { writer.raw($0) }
                segment += 1
            }
        }
        let count = writer.count - Padding.prefix
        let plaintext = writer.finish()
        return SecretBytes(count: Padding.size(count)) { target in
            plaintext.withBytes { target.copyMemory(from: $0) }
            Padding.writeLength(count, into: target)
        }
    }

    private static func write(_ overview: Overview, to writer: inout BundleWriter) {
        var flags: UInt8 = overview.variant == nil ? 0 : 1
        if case .at = overview.expiry { flags |= 2 }
        if overview.policy == .runOnly { flags |= 16 }
        writer.number(flags)
        writer.text8(overview.profile.description)
        writer.text8(overview.name.description)
        writer.text8(overview.platform)
        if let variant = overview.variant { writer.text8(variant) }
        writer.number(overview.created.seconds)
        writer.number(overview.modified.seconds)
        writer.number(overview.revision)
        if case .at(let end) = overview.expiry { writer.number(end.seconds) }
        if flags & 16 != 0 { writer.number(UInt8(2)) }
        writer.number(UInt16(overview.plain.count))
        for field in overview.plain {
            writer.text8(field.name.description)
            writer.text32(field.value)
        }
    }
}
