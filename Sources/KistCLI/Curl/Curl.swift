import Glibc
import KistClient
import KistModel
import KistPlatforms
import KistPosix
import KistProtocol
import SecretMemory

struct CurlInput: Equatable {
    var name = ""
    var targets: [String] = []
    var words = CurlOptions.Words()
    var reason: String?
    var allowExpired = false
}

/// Calls a platform with curl: the header that carries the credential comes through a pipe, and goes to the platform's own
/// hosts only.
enum Curl {
    static func execute(_ input: CurlInput, _ session: Session) throws(Failure) -> Int32 {
        let name = try Read.credential(input.name)
        let profile = try session.profile()
        let overview = try session.overview(profile, name)
        let platform = try session.platform(of: overview)
        let plain = Dictionary(overview.plain.map { ($0.name.description, $0.value) }) { first, _ in first }
        let origins = platform.origins(name: name.description, variant: overview.variant, plain: plain)
        let base = platform.baseURL(variant: overview.variant, plain: plain)
        var targets: [CurlTarget] = []
        for text in input.targets {
            targets.append(try CurlTarget(text, base: base, name: name.description, origins: origins))
        }
        guard !targets.isEmpty else {
            throw Failure.usage("which address?", advice: ["kist curl \(name) https://…", "kist curl \(name) /PATH"])
        }
        // Looked for before any secret leaves the vault.
        _ = try ExactCommand(["curl"]).program()
        let hosts = targets.map(\.address.host).uniqued.joined(separator: ", ")
        let reply = try session.reveal(
            RevealRequest(
                wants: [Want(profile: profile, name: name)], purpose: .curl, reason: input.reason ?? hosts,
                allowExpired: input.allowExpired))
        let headers = try HeaderLines.make(reply, platform)
        try CurlHeaders.check(input.words.headers, own: headers.names)
        let pipe = try filled(headers.lines)
        var block = EnvironmentBlock()
        // They would write down the keys of the connection, or read options from elsewhere.
        for variable in ["SSLKEYLOGFILE", "CURL_HOME"] { try block.unset(variable, source: "kist curl") }
        session.printer.flush()
        throw Launcher.replace(
            ["curl"] + arguments(targets, input.words, headerAt: pipe.raw), environment: block, keeping: [pipe.raw])
    }

    /// What curl is started with; no secret is among it.
    static func arguments(_ targets: [CurlTarget], _ words: CurlOptions.Words, headerAt descriptor: Int32) -> [String] {
        // -q has to be the first: no ~/.curlrc.
        var arguments = ["-q", "--globoff", "--max-redirs", "0", "--header", "@/dev/fd/\(descriptor)"]
        let isSecure = targets.allSatisfy { $0.address.isSecure }
        arguments += ["--proto", isSecure ? "=https" : "=http,https"]
        for target in targets where !target.address.isSecure {
            // In clear to this machine only: by no proxy, and whatever the name of it resolves to.
            arguments += ["--noproxy", "*"]
            if target.address.host == "localhost" {
                arguments += ["--resolve", "localhost:\(target.address.port):127.0.0.1,[::1]"]
            }
        }
        arguments += words.options
        for target in targets { arguments += ["--url", target.url] }
        return arguments
    }

    /// The lines in a pipe whose other end is closed.
    private static func filled(_ lines: borrowing SecretBytes) throws(Failure) -> Descriptor {
        guard lines.count <= 60_000 else { throw Failure("the header is longer than a pipe holds") }
        do {
            let ends = try Descriptor.makePipe()
            try lines.withBytes { bytes in
                Result { () throws(PosixError) in try ends.writing.write(bytes) }
            }.get()
            return ends.takeReading()
        } catch { throw Failure("a pipe for curl could not be made") }
    }
}
