package import KistCrypto
package import KistModel
internal import SecretMemory

/// A bundle that was opened: exactly its credentials, in locked memory.
package struct OpenedBundle: ~Copyable, Sendable {
    package let head: BundleHead
    /// In order of profile and name.
    package let overviews: [Overview]
    private let plaintext: SecretBytes
    private let ranges: [[Range<Int>]]

    /// Opens a bundle's bytes.
    ///
    /// - Throws: `.damaged`, `.newer`, `.foreign`, `.notForThis`, `.expired`, as `Bundle.md` orders them.
    package init(_ file: [UInt8], with identity: borrowing IdentityFile, now: Timestamp) throws(BundleError) {
        let bundle = try SealedBundle(file)
        guard identity.trusted.contains(bundle.head.vaultKey) else {
            throw .foreign(bundle.head.vaultKey, fingerprint: bundle.head.fingerprint)
        }
        let bound = try Self.bound(bundle, identity)
        let headBytes = bundle.head.bytes
        let plaintext = try bundle.withBody { (body) throws(BundleError) -> SecretBytes in
            let digest = SealedBundle.digest(headBytes, body)
            let isBound = bound.withBytes { bound in
                digest.withUnsafeBytes { ConstantTime.areEqual(UnsafeRawBufferPointer(rebasing: bound[32...]), $0) }
            }
            guard isBound else { throw Self.changed }
            do { return try SecretBox.open(body, SealedBundle.bodyKey(bound.slice(0..<32), headBytes)) } catch {
                throw Self.changed
            }
        }
        let body: BundleBody
        do throws(Malformed) {
            body = try plaintext.withBytes { (padded) throws(Malformed) in try BundleBody(padded: padded) }
        } catch { throw .damaged("its credentials do not follow the format") }
        if case .at(let end) = bundle.head.expiry, end <= now { throw .expired(end) }
        head = bundle.head
        let items = body.items.sorted {
            ($0.overview.profile, $0.overview.name) < ($1.overview.profile, $1.overview.name)
        }
        overviews = items.map(\.overview)
        ranges = items.map(\.ranges)
        self.plaintext = plaintext
    }

    package func overview(_ profile: ProfileName, _ name: CredentialName) -> Overview? {
        overviews.first { $0.profile == profile && $0.name == name }
    }

    /// Reads one secret in place; the pointer must not leave `body`.
    ///
    /// - Returns: `nil` when there is no such secret.
    package borrowing func withSecret<R>(
        _ profile: ProfileName, _ name: CredentialName, _ field: FieldName, _ body: (UnsafeRawBufferPointer) -> R
    ) -> R? {
        guard let item = overviews.firstIndex(where: { $0.profile == profile && $0.name == name }),
            let place = overviews[item].secrets.firstIndex(of: field)
        else { return nil }
        let range = ranges[item][place]
        return plaintext.withBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    private static let changed = BundleError.damaged("what it holds is not what its vault sealed")

    /// `file key32 ‖ digest32` from the one box that is for this identity.
    private static func bound(
        _ bundle: SealedBundle, _ identity: borrowing IdentityFile
    ) throws(BundleError) -> SecretBytes {
        let sender = bundle.head.vaultKey.publicKey
        for key in bundle.keys {
            do {
                return try key.withBytes { (box) throws(SealError) in
                    try identity.identity.pair.open(box, from: sender)
                }
            } catch { continue }
        }
        throw .notForThis
    }
}
