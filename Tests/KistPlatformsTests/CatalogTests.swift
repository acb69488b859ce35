import KistPlatforms
import SecretMemory
import Testing

@Suite struct CatalogTests {
    @Test func everyBuiltInPlatformCanBeRead() throws {
        let catalog = PlatformCatalog(userFolder: nil)
        for entry in catalog.names() {
            let platform = try catalog.load(entry.name)
            #expect(platform.name == entry.name)
        }
    }
}
