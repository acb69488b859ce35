import KistPlatforms

/// An address that a credential may be sent to.
struct CurlTarget: Equatable {
    let url: String
    let address: WebAddress

    /// - Parameters:
    ///   - text: a whole address, or a path that begins with `/` and goes behind the credential's own url.
    ///   - base: that url.
    ///   - origins: where the credential may go.
    init(_ text: String, base: String?, name: String, origins: [WebAddress]) throws(Failure) {
        var whole = text
        if text.hasPrefix("/"), !text.hasPrefix("//") {
            guard var base else {
                throw Failure.usage(
                    "\(name) has no url that a path could go behind", advice: ["give the whole address:  https://…"])
            }
            while base.last == "/" { base.removeLast() }
            whole = base + text
        }
        // The address may be a secret typed in the wrong place: it is not repeated before it is known to be one.
        guard let address = WebAddress(whole, allowsQuery: true) else {
            throw Failure.usage(
                "that is no address that can be used here",
                advice: ["https://HOST/PATH?QUERY, or /PATH; without user, fragment and blanks, others as %XX"])
        }
        guard origins.contains(where: { $0.isSameOrigin(as: address) }) else {
            throw Failure(
                "\(name) is not sent to \(address.originText)",
                advice: origins.isEmpty
                    ? ["nothing says where it belongs:  kist edit \(name) url=https://…"]
                    : ["it belongs to:  " + origins.map(\.originText).joined(separator: ", ")])
        }
        url = whole
        self.address = address
    }
}
