/// The platform files that are part of the program.
package enum BuiltInPlatforms {
    package static let names: [String] = sources.keys.sorted()

    /// The text of one file; nothing is parsed here.
    package static func text(of name: String) -> String? {
        sources[name].map { String(decoding: $0(), as: UTF8.self) }
    }

    /// Each `Data/*.toml`, by the name of its platform.
    private static let sources: [String: @Sendable () -> [UInt8]] = [
        "kumo": { PackageResources.kumo_toml }
    ]
}
