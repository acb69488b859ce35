private import CLibSecret
private import Glibc
internal import KistProtocol
internal import SecretMemory

/// The Secret Service of the desktop, asked through libsecret, one call per process.
enum SecretService {
    /// The longest key, and the longest text about a vault, in bytes.
    private static let longest = 4_096, longestSeen = KeyringRequest.longestSeen

    static func probe(_ request: KeyringRequest) -> KeyringAnswer {
        var answer = kist_keyring_answer()
        withRequest(request) { kist_keyring_probe(&$0, &answer) }
        return read(answer)
    }

    /// - Parameter key: gets what was found.
    static func get(_ request: KeyringRequest, into key: inout SecretBuffer) -> KeyringAnswer {
        var answer = kist_keyring_answer()
        _ = key.append(atMost: request.vault == nil ? longest : longestSeen) { target in
            var length = 0
            withRequest(request) { kist_keyring_get(&$0, target.baseAddress, target.count, &length, &answer) }
            return length
        }
        return read(answer)
    }

    static func set(_ request: KeyringRequest, _ key: UnsafeRawBufferPointer) -> KeyringAnswer {
        guard !key.isEmpty, key.count <= (request.vault == nil ? longest : longestSeen) else {
            return KeyringAnswer(.unfit)
        }
        var answer = kist_keyring_answer()
        withRequest(request) { kist_keyring_set(&$0, key.baseAddress, key.count, &answer) }
        return read(answer)
    }

    static func remove(_ request: KeyringRequest) -> KeyringAnswer {
        var answer = kist_keyring_answer()
        withRequest(request) { kist_keyring_remove(&$0, &answer) }
        return read(answer)
    }

    /// The bytes of everything that other programs keep, at most.
    private static let longestList = FrameLayout.largestSegment

    /// - Parameter list: gets the items, in the form of `kist_keyring_others`.
    static func others(_ request: KeyringRequest, into list: inout SecretBuffer) -> KeyringAnswer {
        var answer = kist_keyring_answer()
        _ = list.append(atMost: longestList) { target in
            var length = 0
            withRequest(request) { kist_keyring_others(&$0, target.baseAddress, target.count, &length, &answer) }
            return length
        }
        return read(answer)
    }

    private static func withRequest(_ request: KeyringRequest, _ body: (inout kist_keyring_request) -> Void) {
        let texts = [request.slot, request.collection, request.label, request.vault].map {
            $0.map { strdup($0) } ?? nil
        }
        defer { for text in texts { free(text) } }
        var form = kist_keyring_request()
        form.slot = texts[0].map { UnsafePointer($0) }
        form.collection = texts[1].map { UnsafePointer($0) }
        form.label = texts[2].map { UnsafePointer($0) }
        form.vault = texts[3].map { UnsafePointer($0) }
        form.may_ask = request.mayAsk ? 1 : 0
        form.may_start = request.mayAsk ? 1 : 0
        form.milliseconds = Int(request.milliseconds)
        body(&form)
    }

    private static func read(_ answer: kist_keyring_answer) -> KeyringAnswer {
        let text = withUnsafeBytes(of: answer.text) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return KeyringAnswer(
            outcome(answer.outcome), text: text.isEmpty ? nil : text, isLocked: answer.is_locked != 0)
    }

    private static func outcome(_ number: Int32) -> KeyringAnswer.Outcome {
        switch kist_keyring_outcome(UInt32(bitPattern: number)) {
        case KIST_KEYRING_DONE: .done
        case KIST_KEYRING_NOTHING: .nothing
        case KIST_KEYRING_NO_BUS: .noBus
        case KIST_KEYRING_NO_SERVICE: .noService
        case KIST_KEYRING_NO_COLLECTION: .noCollection
        case KIST_KEYRING_LOCKED: .locked
        case KIST_KEYRING_DISMISSED: .dismissed
        case KIST_KEYRING_TIMEOUT: .timeout
        case KIST_KEYRING_CLEAR: .clear
        case KIST_KEYRING_UNFIT: .unfit
        default: .other
        }
    }
}
