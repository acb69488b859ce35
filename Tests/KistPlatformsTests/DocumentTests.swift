import Glibc
import KistPlatforms
import Testing

/// Platforms.md is what people write their own files from.
@Suite struct DocumentTests {
    let document: String

    init() throws {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let stream = try #require(fopen(root + "/Sources/KistPlatforms/Platforms.md", "r"))
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        document = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, stream)], as: UTF8.self)
    }

    @Test func itsExampleWorks() throws {
        let start = try #require(document.firstRange(of: "```toml\n")).upperBound
        let end = try #require(document[start...].firstRange(of: "\n```")).lowerBound
        let platform = try PlatformReader.read(String(document[start..<end]), file: "Platforms.md", origin: .builtIn)
        #expect(platform.name == "acme")
        let completion = platform.complete(
            variant: nil, given: [:], secrets: ["api_key"], secret: secrets(["api_key": "ak_1"]))
        #expect(completion.plain == ["url": "https://api.acme.example"])
        guard case .call = platform.check(variant: nil, plain: completion.plain, secrets: ["api_key"]) else {
            throw Unexpected()
        }
    }

    @Test func itNamesEverything() {
        let words =
            FieldForm.allCases.map(\.rawValue) + FieldNormalisation.allCases.map(\.rawValue)
            + TemplateEncoding.allCases.map(\.rawValue).filter { !$0.isEmpty } + HowTo.Place.allCases.map(\.rawValue)
            + CheckVerdict.allCases.map(\.rawValue) + FieldDerivation.Part.allCases.map(\.rawValue)
            + FileMerge.allCases.map(\.rawValue)
        for word in words { #expect(document.contains(word), "\(word)") }
    }
}
