internal import KistCrypto
internal import KistModel

/// The overview part as it is stored: the overview with who wrote it and why; or the marker of an empty profile.
///
/// `u8 layout = 1 ‖ u8 flags ‖ text8 profile ‖ text8 name ‖ text8 platform ‖ [text8 variant] ‖ i64 created ‖ i64 modified
/// ‖ u64 revision ‖ [i64 expiry] ‖ text8 who ‖ text16 why ‖ u16 count × (text8 name ‖ text32 value) ‖ u16 count × text8
/// name ‖ [text32 note] ‖ [u8 policy] ‖ [bundles] ‖ [rejections] ‖ [u64 since]`. Flags: 1 variant, 2 expiry, 4 note, 8 marker,
/// 16 policy (1 confirm, 2 run-only), 32 bundles, 64 rejections, 128 since.
struct StoredOverview: Equatable {
    var profile: ProfileName
    /// `nil` for the marker of a profile.
    var overview: Overview?
    var revision: UInt64
    var when: Timestamp
    var who: String
    var why: String

    static let layout: UInt8 = 1

    func encode() -> [UInt8] {
        var writer = ByteWriter(capacity: 320)
        // Room for the length that padding writes.
        writer.number(UInt32(0))
        writer.number(Self.layout)
        var flags: UInt8 = 0
        if overview?.variant != nil { flags |= 1 }
        if case .at = overview?.expiry { flags |= 2 }
        if overview?.note != nil { flags |= 4 }
        if overview == nil { flags |= 8 }
        let policy = overview?.policy ?? .allow
        if policy != .allow { flags |= 16 }
        let bundles = overview?.bundles ?? []
        if !bundles.isEmpty { flags |= 32 }
        let rejections = overview?.rejections ?? []
        if !rejections.isEmpty { flags |= 64 }
        if overview?.since != nil { flags |= 128 }
        writer.number(flags)
        writer.text8(profile.description)
        writer.text8(overview?.name.description ?? "")
        writer.text8(overview?.platform ?? "")
        if let variant = overview?.variant { writer.text8(variant) }
        writer.number(overview?.created.seconds ?? when.seconds)
        writer.number(when.seconds)
        writer.number(revision)
        if case .at(let expiry) = overview?.expiry { writer.number(expiry.seconds) }
        writer.text8(who)
        writer.text16(why)
        let plain = overview?.plain ?? []
        writer.number(UInt16(plain.count))
        for field in plain {
            writer.text8(field.name.description)
            writer.text32(field.value)
        }
        let secrets = overview?.secrets ?? []
        writer.number(UInt16(secrets.count))
        for name in secrets { writer.text8(name.description) }
        if let note = overview?.note { writer.text32(note) }
        if policy != .allow { writer.number(policy.code) }
        if !bundles.isEmpty { BundleNote.write(bundles, to: &writer) }
        if !rejections.isEmpty { Rejection.write(rejections, to: &writer) }
        if let since = overview?.since { writer.number(since) }
        return writer.bytes
    }

    init(_ plaintext: UnsafeRawBufferPointer) throws(Malformed) {
        var reader = ByteReader(plaintext)
        guard try reader.number(UInt8.self) == Self.layout else { throw Malformed() }
        let flags = try reader.number(UInt8.self)
        guard flags & 8 == 0 || flags == 8 else { throw Malformed() }
        profile = try Self.profile(&reader)
        let isMarker = flags == 8
        let name = try reader.text8()
        let platform = try reader.text8()
        let variant = flags & 1 != 0 ? try reader.text8() : nil
        let created = try Self.moment(&reader)
        when = try Self.moment(&reader)
        revision = try reader.number()
        let expiry = flags & 2 != 0 ? Expiry.at(try Self.moment(&reader)) : .never
        who = try reader.text8()
        why = try reader.text16()
        let plainCount = Int(try reader.number(UInt16.self))
        guard plainCount <= PutItem.mostFields else { throw Malformed() }
        var plain: [PlainField] = []
        plain.reserveCapacity(plainCount)
        for _ in 0..<plainCount {
            plain.append(
                PlainField(name: try Self.field(&reader), value: try reader.text32(most: PutItem.longestPlain)))
        }
        let secretCount = Int(try reader.number(UInt16.self))
        guard secretCount <= PutItem.mostFields else { throw Malformed() }
        var secrets: [FieldName] = []
        secrets.reserveCapacity(secretCount)
        for _ in 0..<secretCount { secrets.append(try Self.field(&reader)) }
        let note = flags & 4 != 0 ? try reader.text32(most: PutItem.longestPlain) : nil
        let policy = flags & 16 != 0 ? try Self.policy(&reader) : .allow
        let bundles = flags & 32 != 0 ? try BundleNote.read(&reader) : []
        let rejections = flags & 64 != 0 ? try Rejection.read(&reader) : []
        let since: UInt64? = flags & 128 != 0 ? try reader.number() : nil
        try reader.finish()
        if let since { guard (1..<max(revision, 1)).contains(since) else { throw Malformed() } }
        if isMarker {
            guard name.isEmpty, platform.isEmpty, plain.isEmpty, secrets.isEmpty, created == when else {
                throw Malformed()
            }
            overview = nil
        } else {
            guard let name = try? CredentialName(name) else { throw Malformed() }
            overview = Overview(
                profile: profile, name: name, platform: platform, variant: variant, plain: plain, secrets: secrets,
                expiry: expiry, created: created, modified: when, revision: revision,
                since: since, note: note,
                policy: policy, bundles: bundles, rejections: rejections)
        }
    }

    init(
        profile: ProfileName, overview: Overview?, revision: UInt64, when: Timestamp, who: String, why: String
    ) {
        self.profile = profile
        self.overview = overview
        self.revision = revision
        self.when = when
        self.who = who
        self.why = why
    }

    /// Only moments that have a text form: any other would be shown as something that cannot be read back.
    static func moment(_ reader: inout ByteReader) throws(Malformed) -> Timestamp {
        let moment = Timestamp(seconds: try reader.number())
        guard moment.isWritable else { throw Malformed() }
        return moment
    }

    /// `allow` has no byte of its own: one state, one encoding.
    private static func policy(_ reader: inout ByteReader) throws(Malformed) -> Policy {
        let code = try reader.number(UInt8.self)
        guard code != 0, let policy = Policy.allCases.first(where: { $0.code == code }) else { throw Malformed() }
        return policy
    }

    private static func profile(_ reader: inout ByteReader) throws(Malformed) -> ProfileName {
        let text = try reader.text8()
        guard let name = try? ProfileName(text) else { throw Malformed() }
        return name
    }

    private static func field(_ reader: inout ByteReader) throws(Malformed) -> FieldName {
        let text = try reader.text8()
        guard let name = try? FieldName(text) else { throw Malformed() }
        return name
    }
}

extension Policy {
    /// The number in a stored overview.
    fileprivate var code: UInt8 {
        switch self {
        case .allow: 0
        case .confirm: 1
        case .runOnly: 2
        }
    }
}
