import Glibc
import KistPlatforms
import KistTestKit
import Testing

/// The user's own files: read one at a time, and every mistake named with file and line.
@Suite struct UserPlatformTests {
    static let good = """
        schema = 1
        name = "acme"
        title = "Acme"
        summary = "Acme's scoring API"

        [[field]]
        name = "api_key"
        title = "API key"
        kind = "secret"
        starts_with = ["ak_", "tk_"]
        shortest = 8

        [[env]]
        name = "ACME_KEY"
        value = "{api_key}"
        """

    func folder(_ files: [String: String]) throws -> String {
        let path = TemporaryFolder.kept()
        for (name, text) in files {
            let file = try #require(fopen("\(path)/\(name)", "w"))
            fputs(text, file)
            fclose(file)
        }
        return path
    }

    func failure(_ text: String, file: String = "acme.toml") throws -> PlatformError? {
        let folder = try folder([file: text])
        do throws(PlatformError) {
            _ = try PlatformCatalog(userFolder: folder).load(String(file.dropLast(5)))
            return nil
        } catch { return error }
    }

    @Test func isUsedLikeABuiltInOne() throws {
        let catalog = PlatformCatalog(
            userFolder: try folder(["acme.toml": Self.good, "notes.txt": "", "B AD.toml": ""]))
        #expect(catalog.names().filter { $0.file != nil }.map(\.name) == ["acme"])
        let acme = try catalog.load("acme")
        #expect(acme.family == "acme")
        guard case .user(_, false, Self.good) = acme.origin else { throw Unexpected() }
        let field = try #require(acme.field(named: "api_key", variant: nil))
        #expect(field.check("ak_12345") == nil)
        #expect(field.check("xk_12345") == .wrongPrefix(["ak_", "tk_"]))
        #expect(field.check("ak_1") == .tooShort(8))
        // Its neighbours are not read: a broken one does no harm.
        let beside = PlatformCatalog(userFolder: try folder(["acme.toml": Self.good, "broken.toml": "= ="]))
        #expect(try beside.load("acme").name == "acme")
        #expect(try beside.load("kumo").name == "kumo")
    }

    @Test func doesNotShadowInSilence() throws {
        let text = Self.good.replacing("\"acme\"", with: "\"kumo\"")
        guard case .shadowsBuiltIn(let file, "kumo")? = try failure(text, file: "kumo.toml") else { throw Unexpected() }
        #expect(file.hasSuffix("/kumo.toml"))
        let folder = try folder(["kumo.toml": "replaces = true\n" + text])
        guard case .user(_, true, _) = try PlatformCatalog(userFolder: folder).load("kumo").origin else {
            throw Unexpected()
        }
    }

    @Test(
        arguments: [
            ("title = \"Acme\"", "title = 7", 3, "title must be a string"),
            ("title = \"Acme\"", "titel = \"Acme\"", 3, "unknown key"),
            ("name = \"acme\"", "name = \"acme\"\nname = \"b\"", 3, "not TOML"),
            ("shortest = 8", "shortest = -1", 11, "shortest must be a number"),
            ("shortest = 8", "form = \"secretish\"", 11, "form must be one of text"),
            ("shortest = 8", "default = \"x\"", 6, "a secret field has no default"),
            ("shortest = 8", "variants = [\"gold\"]", 11, "there is no variant gold"),
            ("{api_key}", "{apikey}", 15, "there is no field apikey"),
            ("\"ACME_KEY\"", "\"{api_key}\"", 14, "the secret field api_key cannot stand here"),
            ("\"{api_key}\"", "\"{api_key|shell}\"", 15, "unknown encoding"),
            ("[[env]]", "[env]", 13, "env must be written as [[env]]"),
            ("schema = 1", "schema = 2", 1, "schema must be a number from 1 to 1"),
            ("name = \"api_key\"", "name = \"API KEY\"", 6, "a field is named"),
            ("name = \"acme\"", "name = \"other\"", 1, "its name is another"),
        ])
    func namesFileAndLine(old: String, new: String, line: Int, rule: String) throws {
        let error = try failure(Self.good.replacing(old, with: new))
        guard case .invalid(let file, let found, let said)? = error else {
            Issue.record("\(new): \(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(file.hasSuffix("/acme.toml"))
        #expect(said.contains(rule) && found == line, "line \(found): \(said)")
    }

    @Test func strangeFilesAreErrors() throws {
        guard case .invalid? = try failure(String(repeating: "# long\n", count: 6_000)) else { throw Unexpected() }
        guard case .invalid? = try failure("name = \"a\u{1b}[31m\" \u{7}") else { throw Unexpected() }
        let folder = try folder([:])
        #expect(mkfifo("\(folder)/pipe.toml", 0o600) == 0)
        #expect(throws: PlatformError.invalid(file: "\(folder)/pipe.toml", line: 0, rule: "it is not a file")) {
            try PlatformCatalog(userFolder: folder).load("pipe")
        }
    }

    /// Built-in files with bytes changed, dropped and doubled: an error or a platform, never a crash or a hang.
    @Test func theReaderIsTotal() {
        var generator = SystemRandomNumberGenerator()
        let marks = Array("[]{}=\"'\\\n#.,0truefalse|".utf8)
        for name in BuiltInPlatforms.names {
            let original = Array(BuiltInPlatforms.text(of: name)!.utf8)
            for _ in 0..<120 {
                var bytes = original
                for _ in 0..<Int.random(in: 1...6, using: &generator) {
                    let at = Int.random(in: 0..<bytes.count, using: &generator)
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: bytes[at] = marks.randomElement(using: &generator)!
                    case 1: bytes.remove(at: at)
                    case 2: bytes.insert(UInt8.random(in: 1...127, using: &generator), at: at)
                    default:
                        bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...200, using: &generator)))
                    }
                    if bytes.isEmpty { bytes = [0x0a] }
                }
                let text = String(decoding: bytes, as: UTF8.self)
                do {
                    let platform = try PlatformReader.read(text, file: name, origin: .builtIn)
                    for variant in platform.variants.map({ Optional($0.name) }) + [nil] {
                        _ = platform.complete(
                            variant: variant, given: ["url": "x"], secrets: [], secret: { _, _ in false })
                        _ = platform.plan(credential: "c", variant: variant, plain: ["url": "x"], secrets: ["api_key"])
                    }
                } catch let error {
                    guard case .invalid(_, let line, let rule) = error else {
                        Issue.record("\(error)")
                        continue
                    }
                    #expect(line >= 0 && rule.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f })
                }
            }
        }
    }

    /// What helpers know of a platform without its file is no longer so once the user has one of that name.
    @Test func anOwnFileGoesBeforeTheTableOfLogins() throws {
        let text = try #require(BuiltInPlatforms.text(of: "login"))
        let shadowing = PlatformCatalog(userFolder: try folder(["login.toml": text]))
        #expect(throws: PlatformError.self) { try shadowing.loadLogins("login") }
        let replacing = try folder([
            "login.toml": "replaces = true\n" + text.replacing("\"{url|host}\"", with: "\"a.example\"")
        ])
        let own = try PlatformCatalog(userFolder: replacing).loadLogins("login")
        #expect(own.isAlways(at: "a.example") && !own.asksCredentials)
        #expect(try PlatformCatalog(userFolder: replacing).loadLogins("gitlab").asksCredentials)
        #expect(try PlatformCatalog(userFolder: replacing).loadLogins("kumo").logins.isEmpty)
        #expect(PlatformCatalog(userFolder: replacing).ownNames() == ["login"])
    }
}
