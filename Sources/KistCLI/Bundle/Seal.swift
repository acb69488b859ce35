private import Glibc
import KistBundle
import KistClient
import KistCrypto
import KistModel
import KistPosix
import KistProtocol

struct SealInput: Equatable {
    var names: [String] = []
    /// Texts of recipients, or files with them.
    var recipients: [String] = []
    var output: String?
    /// A bundle to be made again from what the vault remembers of it.
    var again: String?
    /// Make every bundle again that holds something older than the vault.
    var stale = false
    var expires: String?
    var reason: String?
    var allowExpired = false
    var json = false
}

/// Seals credentials into bundles for machines.
enum Seal {
    /// How long a bundle is good when nobody says.
    static let usual: Int64 = 90 * 86_400

    /// One bundle to be made.
    struct Plan: Equatable {
        var items: [SealRequest.Item]
        var recipients: [Recipient]
        var path: BundlePath
        var expiry: Expiry
    }

    static func execute(_ input: SealInput, _ session: Session) throws(Failure) -> Int32 {
        var made: [JSONValue] = []
        for plan in try plans(input, session) { made.append(try make(plan, input, session)) }
        if input.json { session.printer.json(["items": .array(made)]) }
        return ExitCode.done
    }

    private static func plans(_ input: SealInput, _ session: Session) throws(Failure) -> [Plan] {
        guard input.again != nil || input.stale else { return [try newPlan(input, session)] }
        guard input.names.isEmpty, input.recipients.isEmpty, input.output == nil, input.again == nil || !input.stale
        else {
            throw Failure.usage(
                "what goes into a bundle that is made again is known",
                advice: ["kist seal --again FILE", "kist seal --stale"])
        }
        let overviews = try session.ask { (agent) throws(ClientError) in try agent.list(profile: nil) }
        if let again = input.again {
            let path = try BundlePath(again)
            guard let plan = try Resealing.plan(path.label, path, overviews, input.expires, session.now) else {
                throw Failure(
                    "this vault sealed nothing into \(Home.short(path.path, session.places.home))",
                    advice: ["kist seal NAME --to RECIPIENT -o \(again)"], code: ExitCode.notFound)
            }
            return [plan]
        }
        return try stalePlans(overviews, input, session)
    }

    private static func stalePlans(
        _ overviews: [Overview], _ input: SealInput, _ session: Session
    ) throws(Failure) -> [Plan] {
        var plans: [Plan] = []
        for label in Resealing.stale(overviews) {
            guard label.hasPrefix("/"), let path = try? BundlePath(label), path.label == label else {
                session.printer.note(Phrase("\(label) cannot be made again from its name: kist seal --again FILE"))
                continue
            }
            if let plan = try Resealing.plan(label, path, overviews, input.expires, session.now) { plans.append(plan) }
        }
        if plans.isEmpty, !input.json { session.printer.line(.quiet("no bundle holds anything older than the vault.")) }
        return plans
    }

    private static func newPlan(_ input: SealInput, _ session: Session) throws(Failure) -> Plan {
        guard !input.names.isEmpty else {
            throw Failure.usage("which credentials?", advice: ["kist seal NAME --to RECIPIENT -o FILE"])
        }
        guard !input.recipients.isEmpty else {
            throw Failure.usage(
                "for whom?",
                advice: ["the machine's own, made there:  kist identity create -o FILE", "--to RECIPIENT"])
        }
        guard let output = input.output else { throw Failure.usage("into which file?", advice: ["-o ci.kist"]) }
        let profile = try session.profile()
        var items: [SealRequest.Item] = []
        for text in input.names {
            let item = SealRequest.Item(profile: profile, name: try Read.credential(text))
            guard !items.contains(item) else { throw Failure.usage("\(item.name) is given twice") }
            items.append(item)
        }
        var recipients: [Recipient] = []
        for text in input.recipients {
            let recipient = try RecipientReading.read(text)
            if !recipients.contains(recipient) { recipients.append(recipient) }
        }
        let expiry =
            try input.expires.map { (text) throws(Failure) in try Read.expiry(text, now: session.now) }
            ?? .at(Timestamp(seconds: session.now.seconds + usual))
        return Plan(items: items, recipients: recipients, path: try BundlePath(output), expiry: expiry)
    }

    private static func make(_ plan: Plan, _ input: SealInput, _ session: Session) throws(Failure) -> JSONValue {
        let shown = Home.short(plan.path.path, session.places.home)
        try refuseOtherFile(plan.path.path, shown, vault: session.places.vault)
        let request = SealRequest(
            items: plan.items, recipients: plan.recipients.map(\.description), expiry: plan.expiry,
            label: plan.path.label, reason: input.reason, allowExpired: input.allowExpired)
        let reply = try session.ask { (agent) throws(ClientError) in try agent.seal(request) }
        do throws(PosixError) { try File.replace(plan.path.path, with: reply.bundle, mode: 0o644) } catch {
            throw Failure("\(shown) could not be written: \(error)", advice: ["again:  kist seal --again \(shown)"])
        }
        if !input.json { say(plan, shown, session) }
        return [
            "file": .string(plan.path.path),
            "names": .array(plan.items.map { .string($0.name.description) }),
            "recipients": .array(plan.recipients.map { .string($0.description) }),
            "expires": plan.expiry == .never ? nil : .string(end(plan.expiry)),
            "vault": .string(reply.result.vault),
        ]
    }

    /// An earlier bundle may be replaced, nothing else.
    ///
    /// - Throws: `Failure`, for a file that cannot be looked at, too: what it is nobody knows.
    private static func refuseOtherFile(_ path: String, _ shown: String, vault: String) throws(Failure) {
        let there: FileStatus
        do throws(PosixError) { there = try FileStatus(of: path) } catch {
            guard error.code != ENOENT else { return }
            throw unseen(shown, error)
        }
        let isVault = (try? FileStatus(of: vault, followingLinks: true))?.isSameFile(as: there) == true
        guard !isVault else { throw Failure.usage("that is the vault itself; nothing was sealed") }
        var bytes: [UInt8] = []
        // Nothing but a plain file is opened: a pipe would wait for somebody. What is too long is no bundle.
        if there.kind == .file {
            do throws(PosixError) { bytes = try File.read(path, most: SealedBundle.longest) } catch {
                guard error.code == EFBIG else { throw unseen(shown, error) }
            }
        }
        guard SealedBundle.isOne(bytes) else {
            throw Failure("\(shown) is there and is not a bundle; nothing was sealed", advice: ["-o another name"])
        }
    }

    private static func unseen(_ shown: String, _ error: PosixError) -> Failure {
        Failure("\(shown) is there and cannot be looked at (\(error)); nothing was sealed", advice: ["-o another name"])
    }

    private static func say(_ plan: Plan, _ shown: String, _ session: Session) {
        let names = plan.items.map(\.name.description).joined(separator: ", ")
        session.printer.line(.good("✓"), Phrase(" Sealed \(names) into \(shown), \(until(plan.expiry))."))
        for recipient in plan.recipients { session.printer.line("  for  ", Phrase(recipient.fingerprint)) }
        session.printer.line(
            .quiet(
                "  There: KIST_BUNDLE=\(plan.path.path.split(separator: "/").last ?? "") KIST_IDENTITY_FILE=FILE kist run …"
            ))
    }

    private static func until(_ expiry: Expiry) -> String {
        guard case .at(let moment) = expiry else { return "good for ever" }
        return "good until \(moment.date)"
    }

    private static func end(_ expiry: Expiry) -> String {
        guard case .at(let moment) = expiry else { return "never" }
        return moment.description
    }
}
