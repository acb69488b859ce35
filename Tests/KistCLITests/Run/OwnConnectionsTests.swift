import SecretMemory
import Testing

@testable import KistCLI

/// The user's own file stays as it is but for the one table, whatever its values look like.
@Suite struct OwnConnectionsTests {
    private func kept(_ text: String) -> String {
        var buffer = SecretBuffer()
        Array(text.utf8).withUnsafeBytes { OwnConnections.copy($0, to: &buffer, except: "kumo") }
        return buffer.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func oneTableGoesAndTheOthersStay() {
        let own =
            "default = 1\n[a]\nx = 1\n[kumo]\npassword = \"p\"\n[kumo.session]\ny = 2\n[\"kumo\"]\nz = 3\n[b]\nw = 4\n"
        #expect(kept(own) == "default = 1\n[a]\nx = 1\n[b]\nw = 4\n")
        #expect(kept("[a]\nx = 1") == "[a]\nx = 1\n")
        #expect(kept("") == "")
        #expect(kept("[[kumo]]\nx = 1\n[ 'kumo' ]\nx = 2\n[kumobar]\n") == "[kumobar]\n")
    }

    /// Each value holds what looks like a table or a quote, and is none: everything stays.
    @Test(arguments: [
        "x = \"\"\"\n[kumo]\n\"\"\"\n", "x = '''\n[kumo]\n'''\n", "x = [\n[\"kumo\"],\n[kumo]\n]\n",
        "x = { a = [\n[kumo]\n] }\n", "x = 'a\"\"\"b'\ny = 1\n", "x = \"a'''b\"\n", "# don't\ny = 1\n",
        "# \"\"\"\ny = 1\n",
        "# [\ny = 1\n", "x = \"\\\"[\"\ny = 1\n", "x = '\\'\ny = 1\n", "x = \"\"\"a\\\"\"\"b\n[kumo]\n\"\"\"\n",
        "x = ']]]'\n",
        "x = \"open\ny = 1\n",
    ])
    func whatOnlyLooksLikeATable(_ values: String) {
        #expect(kept("[a]\n" + values) == "[a]\n" + values)
        // And what comes behind is seen as what it is.
        #expect(kept("[a]\n" + values + "[kumo]\npassword = 1\n[b]\n") == "[a]\n" + values + "[b]\n")
    }
}
