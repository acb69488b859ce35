private import CPlatformFiles

/// The platform files that are part of the program: each `Data/*.toml`, by the name of its platform.
package enum BuiltInPlatforms {
    package static let names: [String] = (0..<kist_platform_files()).map { name(kist_platform_file($0).pointee) }

    /// The text of one file; nothing is parsed here.
    package static func text(of name: String) -> String? {
        for index in 0..<kist_platform_files() {
            let file = kist_platform_file(index).pointee
            guard self.name(file) == name else { continue }
            return String(decoding: UnsafeBufferPointer(start: file.bytes, count: Int(file.count)), as: UTF8.self)
        }
        return nil
    }

    private static func name(_ file: kist_platform_file) -> String {
        withUnsafeBytes(of: file.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
