import Glibc
import KistPlatforms
import Testing

@Suite struct CatalogTests {
    static let builtIn = PlatformCatalog(userFolder: nil)

    @Test func thePlatformsOfThisVersion() {
        #expect(
            Self.builtIn.names().map(\.name) == [
                "anthropic", "aws", "azure", "azure-openai", "cargo-registry", "cloudera-ml", "cloudera-ml-legacy",
                "cloudera-ml-model", "cohere", "databricks", "docker-registry", "epigos", "fields",
                "gcp-service-account", "gcp-workload-identity", "gemini", "github", "gitlab", "http-api-key",
                "huggingface", "kaggle", "kaskada", "kubernetes", "kumo", "kumo-rfm", "kumo-snowpark", "langsmith",
                "login", "mistral", "mlflow", "npm", "oauth2-client-credentials", "openai", "postgres", "pypi",
                "snowflake", "wandb",
            ])
    }

    @Test(arguments: builtIn.names().map(\.name))
    func isComplete(name: String) throws {
        let platform = try Self.builtIn.load(name)
        #expect(platform.name == name)
        #expect(platform.origin == .builtIn)
        #expect(!platform.title.isEmpty && !platform.summary.isEmpty && !platform.notes.isEmpty || name == "login")
        for variant in platform.variants.map(\.name) + (platform.variants.isEmpty ? [nil] : []) as [String?] {
            let fields = platform.fields(variant: variant)
            #expect(fields.contains { $0.isSecret } || platform.isFreeForm)
            #expect(platform.isFreeForm || platform.mainField(variant: variant) != nil, "\(variant ?? "-")")
            // With every field there is either a call or a reason.
            let plain = Dictionary(uniqueKeysWithValues: fields.filter { !$0.isSecret }.map { ($0.name, "basic") })
            let secrets = Set(fields.filter(\.isSecret).map(\.name))
            if case .none(let why) = platform.check(variant: variant, plain: plain, secrets: secrets) {
                #expect(!why.contains("a check needs"), "\(variant ?? "-"): \(why)")
            }
            for place in [HowTo.Place.python, .notebook, .curl, .cron, .docker] {
                // A browserless connector, a login of two steps, a wire protocol of its own, programs that publish:
                // these have nothing for curl to say.
                if place == .curl && ["snowflake", "kumo-snowpark", "postgres", "pypi"].contains(name) { continue }
                let ways = platform.howTo.filter { $0.place == place && $0.condition.allows(variant: variant) }
                #expect(!ways.isEmpty, "\(variant ?? "-") \(place)")
            }
        }
        #expect(platform.rotation != nil || name == "fields")
    }

    /// Every file of the folder is in the table, under the name it gives itself.
    @Test func noFileIsForgotten() throws {
        let folder =
            #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Sources/KistPlatforms/Data"
        let stream = try #require(opendir(folder))
        defer { closedir(stream) }
        var files: Set<String> = []
        while let entry = readdir(stream) {
            let file = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if file.hasSuffix(".toml") { files.insert(String(file.dropLast(5)).replacing("_", with: "-")) }
        }
        #expect(files == Set(Self.builtIn.names().map(\.name)))
    }

    @Test func unknownNamesBringSimilarOnes() {
        #expect(throws: PlatformError.notFound(similar: ["kumo", "kumo-rfm", "kumo-snowpark"])) {
            try Self.builtIn.load("kumo-spcs")
        }
        #expect(throws: PlatformError.notFound(similar: [])) { try Self.builtIn.load("../../etc/passwd") }
    }
}
