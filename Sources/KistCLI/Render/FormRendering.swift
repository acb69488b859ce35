import KistClient
import KistModel
import KistPlatforms
import KistPosix
import KistProtocol
import SecretMemory

/// Makes a ready-made file of credentials.
struct FormRendering {
    let session: Session
    let form: RenderForm
    /// Where it is going to stand.
    let path: String?
    /// Files of its own that it names; whoever writes it writes them.
    let keys: KeyFiles

    func render(_ input: RenderInput) throws(Failure) -> SecretBytes {
        let profile = try session.profile()
        var wants: [Want] = []
        for word in input.words {
            let name = try Read.credential(word)
            guard !wants.contains(where: { $0.name == name }) else { throw Failure.usage("\(name) is given twice") }
            wants.append(Want(profile: profile, name: name))
        }
        guard wants.count == 1 || form.takesMany else {
            throw Failure.usage("a \(form.rawValue) file holds one credential")
        }
        let reply = try session.reveal(
            RevealRequest(
                wants: wants, purpose: .render, reason: input.reason ?? form.rawValue,
                allowExpired: input.allowExpired))
        guard reply.items.count == wants.count else {
            throw Failure("the agent answered for another number of credentials")
        }
        var text = SecretBuffer(capacity: 4_096)
        var credentials: [FormCredential] = []
        for item in reply.items {
            let platform = try session.platform(of: item.overview)
            let plain = Dictionary(item.overview.plain.map { ($0.name.description, $0.value) }) { first, _ in first }
            credentials.append(
                FormCredential(
                    overview: item.overview, platform: platform,
                    values: FieldValues(overview: item.overview, item: item),
                    plain: platform.withFallbacks(plain, variant: item.overview.variant)))
        }
        if form == .pypirc { PypircForm.begin(credentials, &text) }
        for credential in credentials {
            switch form {
            case .connections:
                try ConnectionsForm(path: path, keys: keys).append(credential, reply, &text)
            case .netrc: try NetrcForm.append(credential, reply, &text)
            case .pgpass: try PgpassForm.append(credential, reply, &text)
            case .kaggle: try KaggleForm.append(credential, reply, &text)
            case .aws: try AWSForm.append(credential, reply, &text)
            case .pypirc: try PypircForm.append(credential, reply, &text)
            }
        }
        return text.finish()
    }
}
