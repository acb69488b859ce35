/// The headers that a user adds to a call of `kist curl`.
enum CurlHeaders {
    /// Refuses what would stand in for the credential, lead elsewhere, or be several headers.
    ///
    /// - Parameter own: the names that the credential itself sets.
    static func check(_ headers: [String], own: [String]) throws(Failure) {
        let taken = Set(own.map { $0.lowercased() } + ["host", "proxy-authorization"])
        for header in headers {
            guard !header.hasPrefix("@") else { throw Failure.usage("headers from a file are not passed on") }
            guard header.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw Failure.usage("a header holds a line break or another control character")
            }
            let name = header.prefix { $0 != ":" && $0 != ";" }.trimmingBlanks.lowercased()
            guard !name.isEmpty, !taken.contains(name) else {
                throw Failure.usage("a header takes the place of one that Kist or curl sets")
            }
        }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
