import KistClient
import KistMasking
import KistModel
import KistProtocol
import SecretMemory

/// The values that are looked for, fetched with a purpose of their own, which the audit shows.
struct ScanSecrets {
    let patterns: PatternSet
    /// What each is called, by its label.
    let names: [String]

    /// Credentials whose values one request asks for.
    private static let batch = 200

    /// - Parameter asking: whether a person may be asked for each that has the policy `confirm`.
    static func load(_ session: Session, asking: Bool) throws(Failure) -> ScanSecrets {
        let profile = session.options.profile == nil ? nil : try session.profile()
        let all = try session.overviews(profile).filter { !$0.secrets.isEmpty }
        let chosen = all.filter { asking || $0.policy != .confirm }
        if chosen.count < all.count {
            let left = all.filter { $0.policy == .confirm }.map(\.name.description)
            let shown = left.prefix(5).joined(separator: ", ") + (left.count > 5 ? " and \(left.count - 5) more" : "")
            session.printer.note("not looked for, because they ask first: \(shown) (--confirm asks)")
        }
        var list = PatternList()
        var names: [String] = []
        var short = 0
        let profiles = Set(chosen.map(\.profile))
        for start in stride(from: 0, to: chosen.count, by: batch) {
            let part = chosen[start..<min(start + batch, chosen.count)]
            let reply = try session.reveal(
                RevealRequest(
                    wants: part.map { Want(profile: $0.profile, name: $0.name) }, purpose: .scan, allowExpired: true))
            for item in reply.items {
                for field in item.fields where field.name != .oneTimeCode {
                    let isLong = reply.segments.withSegment(field.segment) { list.add($0, label: names.count) }
                    guard isLong else {
                        short += 1
                        continue
                    }
                    let name = Deliveries.key(item.overview.name, field.name)
                    names.append(profiles.count > 1 ? "\(item.overview.profile)/\(name)" : name)
                }
            }
        }
        if short > 0 {
            session.printer.note("\(Words.count(short, "value")) shorter than 8 bytes: not looked for")
        }
        return ScanSecrets(patterns: PatternSet(list), names: names)
    }
}
