import KistMasking
import KistModel
import KistPlatforms
import KistProtocol
import KistProviders
import SecretMemory

@testable import KistAgent
@testable import KistBundle
@testable import KistCLI
@testable import KistCrypto
@testable import KistVault

/// What each target does with its bytes. Whatever is accepted must be written again as the same bytes; a trap ends the run.
@MainActor let targets: [String: (UnsafeRawBufferPointer) -> Void] = [
    "mask": { bytes in
        // A secret, what is printed, and where that is cut: cuts change nothing, and no secret comes through whole.
        guard bytes.count > 24 else { return }
        var list = PatternList()
        list.add(UnsafeRawBufferPointer(rebasing: bytes[8..<24]), label: 0)
        let set = PatternSet(list)
        let text = UnsafeRawBufferPointer(rebasing: bytes[8...])
        var whole: [UInt8] = [], cut: [UInt8] = []
        var first = Mask(set, labels: [""]), second = Mask(set, labels: [""])
        first.feed(text, into: &whole)
        first.finish(into: &whole)
        var start = 0
        while start < text.count {
            let end = min(text.count, start + 1 + Int(bytes[start % 8]))
            second.feed(UnsafeRawBufferPointer(rebasing: text[start..<end]), into: &cut)
            start = end
        }
        second.finish(into: &cut)
        check(whole == cut, "a cut changes what is masked")
    },
    "header": { bytes in
        guard let header = try? Header.decode(Array(bytes)) else { return }
        check(Array(header.encode(key()).dropLast(32)) == Array(bytes.dropLast(32)), "a header has another encoding")
    },
    "manifest": { bytes in
        // The seal is in the way of every bent byte; so the bytes are sealed first, as who knows the key could.
        var sealed: [UInt8] = [1]
        padded(bytes).withUnsafeBytes { SecretBox.seal($0, key(), appendingTo: &sealed) }
        guard let manifest = try? Manifest.open(sealed, key()) else { return }
        guard let again = try? Manifest.open(manifest.seal(key()), key()) else {
            return fail("a manifest is not read again")
        }
        check(again == manifest, "a manifest comes back as another")
    },
    "record": { bytes in
        if let overview = try? StoredOverview(bytes) {
            check(Array(overview.encode().dropFirst(4)) == Array(bytes), "an overview has another encoding")
        }
        guard let part = try? SecretPart(padded: SecretBytes(copyingExposed: padded(bytes))) else { return }
        for field in part.fields {
            part.withValue(field.range) { check($0.count == field.range.count, "a field's length") }
        }
    },
    "index": { bytes in
        var index = Index(bits: bytes.first.map { $0 % 4 } ?? 0)
        try? index.load(UInt32(bytes.dropFirst().first ?? 0), UnsafeRawBufferPointer(rebasing: bytes.dropFirst(2)))
    },
    "anchor": { bytes in
        guard let anchor = try? Anchor.decode(Array(bytes)) else { return }
        check(bytes.starts(with: anchor.encode(key()).dropLast(32)), "an anchor has another encoding")
    },
    "backup": { bytes in
        guard let head = try? BackupHead(startOf: bytes) else { return }
        check(Array(bytes.prefix(head.bytes.count)) == head.bytes, "a backup's head has another encoding")
    },
    "bundle": { bytes in
        _ = try? SealedBundle(Array(bytes))
        padded(bytes).withUnsafeBytes { _ = try? BundleBody(padded: $0) }
    },
    "frame": { bytes in
        var reader = FrameReader()
        var rest = bytes
        while let frame = try? reader.take(&rest) {
            guard case .success(let json) = frame.header, let request = try? Request(json: json) else { continue }
            Requests.read(request, segments: frame.segments.count)
        }
    },
    "json": { bytes in
        if let value = try? JSONParser.parse(bytes) {
            let written = value.encoded
            guard let again = try? JSONParser.parse(written) else { return fail("JSON is not read again") }
            check(again == value && again.encoded == written, "JSON comes back as another")
        }
        try? SecretJSON.readObject(bytes, what: "it") { _, _ in }
    },
    "env": { bytes in
        guard let file = try? Dotenv(parsing: SecretBytes(copyingExposed: Array(bytes)), path: "x") else { return }
        check(file.entries.count == file.values.count, "entries and values")
    },
    "template": { bytes in
        guard let template = try? RenderTemplate(parsing: SecretBytes(copyingExposed: Array(bytes)), what: "x") else {
            return
        }
        var last = 0
        for case .text(let range) in template.parts {
            check(range.lowerBound >= last && range.upperBound <= bytes.count, "a part outside of the text")
            last = range.upperBound
        }
    },
    "import": { bytes in Imports.read(bytes) },
    "lines": { bytes in
        let line = SecretBytes(copyingExposed: Array(bytes))
        _ = try? LineRequest(bytes)
        guard let reply = try? LineReply.read(line) else { return }
        for name in reply.names {
            guard let field = try? reply.field(name) else { continue }
            check(field.value.count <= bytes.count, "a value is longer than its line")
        }
    },
    "audit": { bytes in
        _ = try? AuditSegment(Array(bytes))
        _ = try? AuditEntry.decode(bytes)
    },
    "toml": { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        _ = try? TOMLParser.parse(text)
        guard let project = try? ProjectFile(parsing: text, path: "x") else { return }
        for use in project.uses { check(!use.name.description.isEmpty, "a use without a name") }
    },
    "tools": { bytes in Tools.read(bytes) },
    "code": { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        if let code = RecoveryCode.decode(SecretBytes(copyingExposed: Array(bytes))) {
            guard let again = RecoveryCode.decode(RecoveryCode.encode(code)) else {
                return fail("a code is not read again")
            }
            check(again == code, "a code comes back as another")
        }
        if let recipient = Recipient(text) {
            check(Recipient(recipient.description) == recipient, "a recipient comes back as another")
        }
        _ = try? IdentityFile(SecretBytes(copyingExposed: Array(bytes)))
        _ = try? Reference(parsing: text)
        if let moment = Timestamp(text) {
            check(Timestamp(moment.description) == moment, "a moment comes back as another")
        }
    },
]

/// Every request's own reader, whatever the method says.
enum Requests {
    static func read(_ request: Request, segments: Int) {
        let json = request.params
        _ = try? UnlockRequest(json: json)
        _ = try? InitialiseRequest(json: json)
        _ = try? NamedRequest(json: json)
        _ = try? RevealRequest(json: json)
        _ = try? PutRequest(json: json)
        _ = try? FolderRequest(json: json)
        _ = try? AuditRequest(json: json)
        _ = try? BackupOpenRequest(json: json)
        _ = try? PolicyRequest(json: json)
        _ = try? SealRequest(json: json)
        _ = try? SlotAddRequest(json: json)
        _ = try? SlotChangeRequest(json: json)
        _ = try? SlotTargetRequest(json: json)
        _ = try? RevealedItem(json: json, segments: segments)
    }
}

/// What other programs keep; the first byte says which of them.
enum Imports {
    static func read(_ bytes: UnsafeRawBufferPointer) {
        guard let kind = bytes.first else { return }
        let text = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        var foreign = Foreign()
        do {
            switch kind % 8 {
            case 0: try TableSource.read(try CSVTable.parse(text, what: "x", into: &foreign.values), into: &foreign)
            case 1: try KeePassSource.read(try XMLTree.parse(text, what: "x", into: &foreign.values), into: &foreign)
            case 2: try PlainTreeSource.read(try YAMLTree.parse(text, what: "x", into: &foreign.values), into: &foreign)
            case 3:
                AWSSource.read(try INITree.parse(text, isTOML: false, what: "x", into: &foreign.values), into: &foreign)
            case 4: GitSource.read(text, into: &foreign)
            case 5: try BitwardenSource.read(try JSONTree.parse(text, what: "x", into: &foreign.values), into: &foreign)
            case 6: try DockerSource.read(try JSONTree.parse(text, what: "x", into: &foreign.values), into: &foreign)
            default: try KistSource.read(try JSONTree.parse(text, what: "x", into: &foreign.values), into: &foreign)
            }
        } catch {}
    }
}

/// What other tools say, and what is stored for them; the first byte says which of them.
enum Tools {
    static func read(_ bytes: UnsafeRawBufferPointer) {
        guard let kind = bytes.first else { return }
        let text = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        let secret = SecretBytes(count: text.count) { $0.copyMemory(from: text) }
        switch kind % 8 {
        case 0: _ = try? CargoRequest(text)
        case 1: _ = try? LineRequest(text)
        case 2: _ = try? KubectlRequest(String(decoding: text, as: UTF8.self))
        case 3: _ = try? GitRequest(secret)
        case 4: _ = try? DockerLogin(secret)
        case 5:
            if let code = try? OneTimeCode.make(text, now: Timestamp(seconds: 59)) {
                check((6...8).contains(code.count), "a code of another length")
            }
        case 6:
            // What is taken as one object is read as one.
            if FieldForm.json.check(text) == nil { _ = try? JSONMembers(text, "x") }
        default: _ = FieldForm.certificate.check(text)
        }
    }
}

/// A key that is the same in every run.
func key() -> SecretBytes { SecretBytes(copyingExposed: [UInt8](repeating: 7, count: 32)) }

func padded(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var padded = [UInt8](repeating: 0, count: Padding.size(bytes.count))
    padded.replaceSubrange(4..<4 + bytes.count, with: bytes)
    padded.withUnsafeMutableBytes { Padding.writeLength(bytes.count, into: $0) }
    return padded
}

func check(_ holds: Bool, _ what: String) {
    if !holds { fail(what) }
}

func fail(_ what: String) { fatalError(what) }
