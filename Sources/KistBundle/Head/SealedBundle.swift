internal import KistCrypto
internal import KistModel
internal import SecretMemory

/// A bundle's file, taken apart; nothing is opened yet.
package struct SealedBundle: Sendable {
    /// Bytes of the longest file, little enough to be kept in memory and to travel in one frame.
    package static let longest = 2 << 20
    package static let mostRecipients = 16
    /// `nonce24 ‖ tag16 ‖ file key32 ‖ digest32`.
    static let keyCount = SecretBox.overhead + 64
    static let checkCount = 32

    package let head: BundleHead
    /// One box for each recipient, in no order that says whose.
    let keys: [[UInt8]]
    /// Where the body lies in `file`.
    private let bodyRange: Range<Int>
    private let file: [UInt8]

    package var recipients: Int { keys.count }

    /// Whether a file begins as a bundle does.
    package static func isOne(_ file: [UInt8]) -> Bool { file.starts(with: BundleHead.magic) }

    /// Reads the form and the check at the end.
    ///
    /// - Throws: `.damaged` or `.newer`.
    package init(_ file: [UInt8]) throws(BundleError) {
        guard file.starts(with: BundleHead.magic) else { throw .damaged("it is not a bundle") }
        guard file.count > BundleHead.count + Self.checkCount else { throw .damaged("it ends too early") }
        guard file[BundleHead.magic.count] <= BundleHead.version else {
            throw .newer(version: Int(file[BundleHead.magic.count]))
        }
        guard file.count <= Self.longest else { throw .damaged("it is longer than a bundle can be") }
        guard Self.check(file.dropLast(Self.checkCount)) == Array(file.suffix(Self.checkCount)) else {
            throw .damaged("it is cut or was changed")
        }
        do throws(Malformed) {
            (head, keys, bodyRange) = try file.withBytes { (raw) throws(Malformed) in try Self.parts(raw) }
        } catch { throw .damaged("it does not follow the format") }
        self.file = file
    }

    func withBody<R: ~Copyable, E: Error>(_ use: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let range = bodyRange
        return try file.withBytes { (raw) throws(E) -> R in try use(UnsafeRawBufferPointer(rebasing: raw[range])) }
    }

    private static func parts(
        _ raw: UnsafeRawBufferPointer
    ) throws(Malformed) -> (BundleHead, [[UInt8]], Range<Int>) {
        var reader = BundleReader(UnsafeRawBufferPointer(rebasing: raw.dropLast(checkCount)))
        let head = try BundleHead(&reader)
        let count = Int(try reader.number(UInt8.self))
        guard (1...mostRecipients).contains(count) else { throw Malformed() }
        var keys: [[UInt8]] = []
        for _ in 0..<count { keys.append(try reader.bytes(keyCount)) }
        let length = Int(try reader.number(UInt32.self))
        let start = reader.position
        guard length == reader.left, length >= SecretBox.overhead + 256 else { throw Malformed() }
        return (head, keys, start..<start + length)
    }

    static func check(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        Blake2b.hash(Context("kist/v1/bundle-check").appending(Array(bytes)).bytes)
    }

    /// What every key's box holds beside the file key: head and body, and so nothing else can be put under that key.
    static func digest(_ head: [UInt8], _ body: UnsafeRawBufferPointer) -> [UInt8] {
        var context = Context("kist/v1/bundle-bound").appending(head)
        context.append(body)
        return Blake2b.hash(context.bytes)
    }

    static func bodyKey(_ fileKey: borrowing SecretBytes, _ head: [UInt8]) -> SecretBytes {
        Blake2b.derive(fileKey, Context("kist/v1/bundle").appending(head))
    }
}
