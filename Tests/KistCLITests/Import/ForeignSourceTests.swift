import SecretMemory
import Testing

@testable import KistCLI

/// What each kind of file gives, before Kist decides where it belongs.
@Suite struct ForeignSourceTests {
    private static func bytes<R: ~Copyable>(
        _ text: String, _ body: (UnsafeRawBufferPointer) throws(Failure) -> R
    ) throws(Failure) -> R {
        let bytes = SecretBytes(copyingExposed: Array(text.utf8))
        var result: R?
        var problem: Failure?
        bytes.withBytes { bytes in
            do throws(Failure) { result = try body(bytes) } catch { problem = error }
        }
        if let problem { throw problem }
        return result.take()!
    }

    /// `title: field=value …`, secrets marked with `*`.
    private static func shown(_ foreign: borrowing Foreign) -> [String] {
        foreign.entries.map { entry in
            "\(entry.title):"
                + entry.fields.map { field in
                    let value = foreign.values.withValue(field.value) { String(decoding: $0, as: UTF8.self) }
                    return " \(field.name)\(field.isSecret == true ? "*" : "")=\(value)"
                }.joined()
        }
    }

    private static func json(
        _ text: String, _ source: (TreeNode, inout Foreign) throws(Failure) -> Void
    ) throws(Failure) -> (shown: [String], leftOut: [String]) {
        var foreign = Foreign()
        let root = try bytes(text) { (bytes) throws(Failure) in
            try JSONTree.parse(bytes, what: "it", into: &foreign.values)
        }
        try source(root, &foreign)
        return (shown(foreign), foreign.leftOut)
    }

    @Test func bitwarden() throws {
        let text = """
            {"encrypted":false,"folders":[],"items":[
             {"type":1,"name":"Kumo \\"prod\\"","notes":"two\\nlines","login":{"username":"ada","password":"p\\u00e4ss",
              "totp":null,"uris":[{"uri":"https://kumo.example"}]},"fields":[{"name":"API Key","value":"k1","type":1}]},
             {"type":3,"name":"Visa","card":{"number":"4111"}},
             {"type":2,"name":"note","notes":"n"}]}
            """
        let found = try Self.json(text) { (root, foreign) throws(Failure) in
            try BitwardenSource.read(root, into: &foreign)
        }
        #expect(
            found.shown == [
                "Kumo \"prod\": username=ada password*=päss url=https://kumo.example notes*=two\nlines api_key*=k1",
                "note: notes*=n",
            ])
        #expect(found.leftOut.count == 1)
        #expect(throws: Failure.self) {
            try Self.json("{\"encrypted\":true,\"items\":[]}") { (root, foreign) throws(Failure) in
                try BitwardenSource.read(root, into: &foreign)
            }
        }
    }

    @Test func onePassword() throws {
        let text = """
            {"accounts":[{"vaults":[{"attrs":{"name":"Private"},"items":[{"state":"active","overview":{"title":"Kumo",
            "url":"https://k"},"details":{"loginFields":[{"value":"ada","designation":"username"},{"value":"pw",
            "designation":"password"}],"notesPlain":"","sections":[{"title":"x","fields":[{"title":"API key","id":"1",
            "value":{"concealed":"k"}},{"title":"region","id":"2","value":{"string":"eu"}}]}]}},
            {"state":"archived","overview":{"title":"old"},"details":{}}]}]}]}
            """
        let found = try Self.json(text) { (root, foreign) throws(Failure) in
            try OnePasswordSource.read(root, into: &foreign)
        }
        #expect(found.shown == ["Kumo: username=ada password*=pw url=https://k api_key*=k region=eu"])
        #expect(found.leftOut == ["left out (archived): Private/old"])
    }

    @Test func docker() throws {
        let text = """
            {"auths":{"https://index.docker.io/v1/":{"auth":"YWRhOnA6dw=="},"ghcr.io":{},"bad":{"auth":"!!"}},
            "credsStore":"secretservice"}
            """
        let found = try Self.json(text) { (root, foreign) throws(Failure) in
            try DockerSource.read(root, into: &foreign)
        }
        #expect(
            found.shown == [
                "docker-index.docker.io: username=ada password*=p:w url=https://index.docker.io/v1/"
            ])
        #expect(found.leftOut.count == 3)
    }

    @Test func keePass() throws {
        let text = """
            <?xml version="1.0"?><!-- c --><KeePassFile><Meta><RecycleBinUUID>bin</RecycleBinUUID></Meta><Root><Group>
            <Name>Root</Name><Entry><String><Key>Title</Key><Value>A &amp; B</Value></String><String><Key>Password</Key>
            <Value ProtectInMemory="True">&lt;p&#x41;&#66;&gt;</Value></String><String><Key>UserName</Key><Value>ada</Value>
            </String><String><Key>Token</Key><Value ProtectInMemory="True"><![CDATA[<t>]]></Value></String>
            <History><Entry><String><Key>Title</Key><Value>older</Value></String></Entry></History></Entry>
            <Group><UUID>bin</UUID><Name>Bin</Name><Entry><String><Key>Title</Key><Value>gone</Value></String></Entry></Group>
            </Group></Root></KeePassFile>
            """
        var foreign = Foreign()
        let root = try Self.bytes(text) { (bytes) throws(Failure) in
            try XMLTree.parse(bytes, what: "it", into: &foreign.values)
        }
        try KeePassSource.read(root, into: &foreign)
        #expect(Self.shown(foreign) == ["A & B: password*=<pAB> username=ada token*=<t>"])
        #expect(foreign.leftOut == ["left out (the recycle bin)"])
    }

    @Test func tables() throws {
        let text = """
            folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp
            ,,login,"A, ""b""\",,"PIN: 12\nX: y",0,https://a,ada,"p,w
            q",
            """
        var foreign = Foreign()
        let table = try Self.bytes(text) { (bytes) throws(Failure) in
            try CSVTable.parse(bytes, what: "it", into: &foreign.values)
        }
        try TableSource.read(table, into: &foreign)
        #expect(
            Self.shown(foreign) == ["A, \"b\": PIN*=12 X*=y url=https://a username=ada password*=p,w\nq"])
    }

    @Test func gitAndPass() throws {
        var foreign = Foreign()
        _ = try Self.bytes("https://ada:p%40ss@github.com\nnonsense\nhttps://b:%zz@h\n") { (bytes) -> Bool in
            GitSource.read(bytes, into: &foreign)
            return true
        }
        #expect(Self.shown(foreign) == ["git-github.com: username=ada password*=p@ss url=https://github.com"])
        #expect(foreign.leftOut.count == 2)
        var entry = Foreign.Entry(title: "x", place: "x", fields: [])
        PassSource.split(
            SecretBytes(copyingExposed: Array("pw\nlogin: ada\nurl: https://x\napi key\nPIN: 4\n---\nrest\n".utf8)),
            &entry, &foreign.values)
        #expect(entry.fields.map(\.name) == ["password", "username", "url", "PIN", "notes"])
    }

    @Test func iniAndToml() throws {
        var foreign = Foreign()
        let aws = try Self.bytes(
            "[default]\naws_access_key_id = AK\naws_secret_access_key=s=1 #x\n[profile eu]\nregion = eu\ns3 =\n  a = b\n"
        ) { (bytes) throws(Failure) in
            try INITree.parse(bytes, isTOML: false, what: "it", into: &foreign.values)
        }
        AWSSource.read(aws, into: &foreign)
        #expect(Self.shown(foreign) == ["aws: AWS_ACCESS_KEY_ID=AK AWS_SECRET_ACCESS_KEY*=s=1 #x"])
        #expect(foreign.leftOut == ["left out (no key in it): [profile eu]"])
        var snow = Foreign()
        let root = try Self.bytes(
            "[dev]\naccount = \"a-b\" # c\nuser='u'\npassword = \"p\\\"w\\\\\"\n[web]\nauthenticator = \"externalbrowser\"\n"
        ) { (bytes) throws(Failure) in
            try INITree.parse(bytes, isTOML: true, what: "it", into: &snow.values)
        }
        try SnowflakeSource.read(root, home: "/nowhere", into: &snow)
        #expect(Self.shown(snow) == ["snowflake-dev: account=a-b user=u password*=p\"w\\"])
        #expect(snow.leftOut.count == 1)
    }

    @Test func yaml() throws {
        let text = """
            ---
            # what sops -d prints
            API_KEY: abc # comment
            quoted: "a\\nb"
            single: 'it''s'
            empty:
            block: |
                line 1

                line 2
            database:
                password: p:w
                user: ada
                nested:
                    deep: x
            list:
                - one
                - two
            """
        var foreign = Foreign()
        let root = try Self.bytes(text) { (bytes) throws(Failure) in
            try YAMLTree.parse(bytes, what: "it", into: &foreign.values)
        }
        try PlainTreeSource.read(root, into: &foreign)
        let variables = foreign.variables.map { variable in
            variable.name + "="
                + foreign.values.withValue(variable.value) { String(decoding: $0, as: UTF8.self) }
        }
        #expect(variables == ["API_KEY=abc", "quoted=a\nb", "single=it's", "block=line 1\n\nline 2\n"])
        #expect(Self.shown(foreign) == ["database: password=p:w user=ada nested.deep=x"])
    }

    /// Cut anywhere and with any byte changed, every reader ends with a result or a `Failure`, and in time.
    @Test func brokenFilesNeverDoHarm() throws {
        let samples: [(String, (UnsafeRawBufferPointer, inout Foreign) throws(Failure) -> Void)] = [
            (
                "{\"kist\":1,\"credentials\":[{\"name\":\"a\",\"base64\":{\"k\":\"AAEC\"},\"plain\":{\"u\":\"\\u00e4\"}}]}",
                { (bytes, foreign) throws(Failure) in
                    let root = try JSONTree.parse(bytes, what: "it", into: &foreign.values)
                    try KistSource.read(root, into: &foreign)
                    try PlainTreeSource.read(root, into: &foreign)
                    try BitwardenSource.read(root, into: &foreign)
                    try DockerSource.read(root, into: &foreign)
                }
            ),
            (
                "<a b=\"c\"><d>&amp;&#65;<![CDATA[x]]></d><!-- --><e/></a>",
                { (bytes, foreign) throws(Failure) in
                    try KeePassSource.read(
                        try XMLTree.parse(bytes, what: "it", into: &foreign.values), into: &foreign)
                }
            ),
            (
                "name,password\n\"a\",\"b\"\"c\"\nd,e\n",
                { (bytes, foreign) throws(Failure) in
                    try TableSource.read(
                        try CSVTable.parse(bytes, what: "it", into: &foreign.values), into: &foreign)
                }
            ),
            (
                "a: 'b'\nc:\n  d: |-\n    e\n  f:\n    - \"g\"\n",
                { (bytes, foreign) throws(Failure) in
                    try PlainTreeSource.read(
                        try YAMLTree.parse(bytes, what: "it", into: &foreign.values), into: &foreign)
                }
            ),
            (
                "[a]\nb = \"c\\n\"\nd = 'e' # f\n",
                { (bytes, foreign) throws(Failure) in
                    try SnowflakeSource.read(
                        try INITree.parse(bytes, isTOML: true, what: "it", into: &foreign.values), home: "/x",
                        into: &foreign)
                    AWSSource.read(
                        try INITree.parse(bytes, isTOML: false, what: "it", into: &foreign.values), into: &foreign)
                }
            ),
            ("https://a:b%20@c/d\n", { (bytes, foreign) throws(Failure) in GitSource.read(bytes, into: &foreign) }),
        ]
        var tried = 0
        for (text, read) in samples {
            let good = Array(text.utf8)
            var variants: [[UInt8]] = (0...good.count).map { Array(good[..<$0]) }
            for index in good.indices {
                for byte: UInt8 in [0, 9, 10, 13, 34, 39, 44, 58, 60, 91, 92, 123, 0x80, 0xFF] {
                    var changed = good
                    changed[index] = byte
                    variants.append(changed)
                }
            }
            for variant in variants {
                var foreign = Foreign()
                let bytes = SecretBytes(copyingExposed: variant)
                bytes.withBytes { bytes in
                    do throws(Failure) { try read(bytes, &foreign) } catch {}
                }
                tried += 1
            }
        }
        #expect(tried > 3_500)
    }

    @Test func deepAndLargeDocumentsAreRefused() throws {
        for text in [
            String(repeating: "[", count: 40), String(repeating: "{\"a\":", count: 40),
            "[" + String(repeating: "1,", count: TreeNode.most) + "1]",
        ] {
            var values = SecretStack()
            #expect(throws: Failure.self) {
                _ = try Self.bytes(text) { (bytes) throws(Failure) in
                    try JSONTree.parse(bytes, what: "it", into: &values)
                }
            }
        }
        var values = SecretStack()
        #expect(throws: Failure.self) {
            _ = try Self.bytes("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><x>&a;</x>") {
                (bytes) throws(Failure) in try XMLTree.parse(bytes, what: "it", into: &values)
            }
        }
    }

    private func decoded(_ text: String) -> [UInt8]? {
        let bytes = SecretBytes(copyingExposed: Array(text.utf8))
        return bytes.withBytes { bytes in
            guard let decoded = Base64.decode(bytes) else { return nil }
            return decoded.withBytes { Array($0) }
        }
    }

    @Test func base64() throws {
        for text in ["", "A", "AB", "ABC", "ABCD", "\u{0}\u{1}ÿ"] {
            var encoded = SecretBuffer()
            var bytes = text
            bytes.withUTF8 { Base64.append(UnsafeRawBufferPointer($0), to: &encoded) }
            let shown = encoded.withBytes { String(decoding: $0, as: UTF8.self) }
            #expect(decoded(shown) == Array(text.utf8))
        }
        // One value has one form: bits that mean nothing must be zero.
        for text in ["A", "AB=", "AB=C", "AA=A", "AB==", "====", "A===", "AAA=AAAA", "AA-A"] {
            #expect(decoded(text) == nil, "\(text)")
        }
    }
}
