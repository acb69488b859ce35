internal import KistCrypto
internal import SecretMemory

/// The keyed hash of one page; the digest in the manifest is the sum over all pages that are not empty.
struct PageHash {
    /// `LP("kist/v1/page") ‖ LP(incarnation) ‖ u8 bits`, followed by `u32 number ‖ LP(page)`.
    private let prefix: Context

    init(incarnation: [UInt8], bits: UInt8) {
        prefix = Context("kist/v1/page").appending(incarnation).appending(plain: bits)
    }

    /// 32 bytes as a number; zero for an empty page.
    func hash(_ key: borrowing SecretBytes, number: Int, page: [UInt8]) -> Digest {
        guard !page.isEmpty else { return Digest() }
        let message = prefix.appending(plain: UInt32(number)).appending(page)
        return Blake2b.tag(key, message).withUnsafeBytes { Digest($0) }
    }
}

extension Index {
    /// The digest over all pages.
    func digest(_ key: borrowing SecretBytes, incarnation: [UInt8]) -> Digest {
        let hash = PageHash(incarnation: incarnation, bits: bits)
        var sum = Digest()
        for (number, page) in pages.enumerated() { sum.add(hash.hash(key, number: number, page: page)) }
        return sum
    }

    /// The digest of `self`, whose changed pages differ from those of `before`, which has the digest `sum`.
    func digest(
        after before: Index, _ sum: Digest, _ key: borrowing SecretBytes, incarnation: [UInt8]
    ) -> Digest {
        guard bits == before.bits else { return digest(key, incarnation: incarnation) }
        let hash = PageHash(incarnation: incarnation, bits: bits)
        var sum = sum
        for number in changed {
            sum.subtract(hash.hash(key, number: number, page: before.pages[number]))
            sum.add(hash.hash(key, number: number, page: pages[number]))
        }
        return sum
    }
}
