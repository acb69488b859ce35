import KistProviders
import SecretMemory
import Testing

/// git's credential protocol as a wire form.
@Suite struct GitRequestTests {
    private func read(_ text: String) throws(ProviderRefusal) -> GitRequest {
        try GitRequest(SecretBytes(copyingExposed: Array(text.utf8)))
    }

    @Test func everyKeyIsRead() throws {
        let request = try read(
            """
            capability[]=authtype
            capability[]=state
            protocol=https
            host=example.com:8443
            path=a/b.git
            username=ada
            password=p=q
            password_expiry_utc=1900000000
            oauth_refresh_token=r
            authtype=Bearer
            credential=c
            ephemeral=1
            wwwauth[]=Basic realm="x"
            state[]=kist.x

            host=behind the end
            """)
        #expect(request.scheme == "https")
        #expect(request.host == "example.com:8443")
        #expect(request.path == "a/b.git")
        #expect(request.username == "ada")
        #expect(request.expiry == 1_900_000_000)
        #expect(request.authtype == "Bearer")
        let flags = [request.isEphemeral, request.takesAuthtype]
        #expect(flags == [true, true])
        let password = request.password?.withBytes { String(decoding: $0, as: UTF8.self) }
        #expect(password == "p=q")
    }

    /// What depends on a capability means nothing before it was announced.
    @Test func withoutTheCapabilityTheHeaderIsPassedOver() throws {
        let request = try read("authtype=Bearer\ncredential=c\nephemeral=1\ncapability[]=authtype\nhost=h\n")
        #expect(request.authtype == nil)
        let isEphemeral = request.isEphemeral
        #expect(!isEphemeral)
        let hasCredential = request.credential != nil
        #expect(!hasCredential)
    }
}
