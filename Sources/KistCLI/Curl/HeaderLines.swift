import KistClient
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

/// The headers of one revealed credential, with words for why there are none.
enum HeaderLines {
    /// - Parameter reply: of one want, with all its secret fields.
    static func make(_ reply: borrowing RevealReply, _ platform: Platform) throws(Failure) -> RequestHeaders {
        guard let item = reply.items.first else { throw Failure("the agent answered without the credential") }
        let overview = item.overview
        let values = FieldValues(overview: overview, item: item)
        let plain = Dictionary(overview.plain.map { ($0.name.description, $0.value) }) { first, _ in first }
        let filled = platform.withFallbacks(plain, variant: overview.variant)
        let names = item.fields.map { (name: $0.name.description, segment: $0.segment) }
        let held = names.filter { field in !reply.segments.withSegment(field.segment) { $0.isEmpty } }.map(\.name)
        do throws(RequestHeaders.Fault) {
            return try platform.requestHeaders(
                name: overview.name.description, variant: overview.variant, plain: plain, secrets: Set(held)
            ) { field, use in
                if values.use(field, reply, use) { return true }
                guard var text = filled[field], !text.isEmpty else { return false }
                text.withUTF8 { use(UnsafeRawBufferPointer($0)) }
                return true
            }
        } catch {
            let name = overview.name
            switch error {
            case .none:
                throw Failure(
                    "nothing of \(name) goes into a header that Kist knows",
                    advice: ["what its clients read:  kist how \(name)", "one value:  kist get \(name) FIELD"])
            case .signed:
                throw Failure(
                    "\(name) is a private key: each call wants a token signed with it", advice: ["kist how \(name)"])
            case .missing(let fields):
                throw Failure(
                    "the header of \(name) needs \(fields.joined(separator: ", "))",
                    advice: ["kist edit \(name) \(fields.first ?? "FIELD")=…"])
            case .unfit(let field):
                throw Failure("\(name).\(field) holds something that cannot stand in a header")
            }
        }
    }
}
