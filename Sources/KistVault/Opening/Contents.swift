/// What an unlocked vault is at one generation: the manifest as it lies in the store, and the index that it seals.
struct Contents {
    var manifest: Manifest
    /// The manifest's bytes as they lie in the store: the next write demands exactly these.
    var sealedManifest: [UInt8]
    var index: Index
}
