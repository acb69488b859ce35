/// What kubectl and the client libraries tell a credential plugin in `KUBERNETES_EXEC_INFO`: an `ExecCredential` as JSON.
package struct KubectlRequest: Hashable, Sendable {
    /// The answer must have the same.
    package let version: String
    /// The API server, when the configuration has `provideClusterInfo: true`.
    package let server: String?
    /// Whether somebody may be asked.
    package let isInteractive: Bool

    package static let versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

    package init(_ text: String) throws(ProviderRefusal) {
        var text = text
        let read = text.withUTF8 { utf8 -> Result<KubectlRequest, ProviderRefusal> in
            do throws(ProviderRefusal) {
                return .success(try KubectlRequest(bytes: UnsafeRawBufferPointer(utf8)))
            } catch { return .failure(error) }
        }
        self = try read.get()
    }

    private init(bytes: UnsafeRawBufferPointer) throws(ProviderRefusal) {
        let members = try JSONMembers(bytes, "KUBERNETES_EXEC_INFO")
        guard try members.text("kind") == "ExecCredential" else {
            throw ProviderRefusal("kind", "it is not ExecCredential")
        }
        guard let version = try members.text("apiVersion"), Self.versions.contains(version) else {
            throw ProviderRefusal("apiVersion", "only \(Self.versions.joined(separator: " and ")) are known")
        }
        self.version = version
        server = try members.text("spec.cluster.server")
        // The address says which cluster it is only where its certificate is looked at, and nobody stands between.
        let (skip, proxy) = ("spec.cluster.insecure-skip-tls-verify", "spec.cluster.proxy-url")
        if members.has(skip), !["false", "null"].contains(members.word(skip)) {
            throw ProviderRefusal("insecure-skip-tls-verify", "nothing is handed out to a cluster that nobody looks at")
        }
        if members.has(proxy), try members.text(proxy) != "", members.word(proxy) != "null" {
            throw ProviderRefusal("proxy-url", "nothing is handed out to a proxy")
        }
        isInteractive = members.word("spec.interactive") == "true"
    }
}
