internal import KistCrypto
internal import KistProtocol
internal import KistVault

/// A change of slots that was asked for.
enum SlotWork {
    case add(SlotAddRequest)
    /// With the id of the slot and its kind.
    case change(SlotChangeRequest, [UInt8], SlotKind)
    case remove([UInt8], SlotProof)
    case test([UInt8]?, SlotProof)
    /// All of them at once, around another root.
    case rekey(RekeyRequest)

    var proof: SlotProof {
        switch self {
        case .add(let request): request.proof
        case .change(let request, _, _): request.proof
        case .remove(_, let proof), .test(_, let proof): proof
        case .rekey(let request): request.proof ?? SlotProof(with: .passphrase)
        }
    }

    /// Segments of the whole request.
    var segments: Int {
        switch self {
        case .add(let request): request.segments
        case .change(let request, _, let kind):
            proof.segments + (request.renew ? kind.segments(hasFactor: request.wish.hasFactor) : 0)
        case .remove, .test: proof.segments
        case .rekey(let request): request.segments
        }
    }
}

extension SlotSort {
    var kind: SlotKind {
        switch self {
        case .passphrase: .passphrase
        case .recovery: .recovery
        case .keyring: .keyring
        case .keyFile: .keyFile
        case .credential: .credential
        case .recipient: .recipient
        }
    }
}

extension SlotKind {
    var sort: SlotSort {
        switch self {
        case .passphrase: .passphrase
        case .recovery: .recovery
        case .keyring: .keyring
        case .keyFile: .keyFile
        case .credential: .credential
        case .recipient: .recipient
        }
    }
}

extension SlotFacts {
    /// The id as the protocol writes it.
    var hexID: String { Self.hex(id) }

    static func hex(_ id: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: id.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    var summary: SlotSummary {
        SlotSummary(
            id: hexID, kind: sort.kind, needsFactor: needsFactor, passes: cost.map { Int64($0.passes) },
            memory: cost.map { Int64($0.memory) }, label: sealed.flatMap { $0.label.isEmpty ? nil : $0.label },
            created: sealed?.created, tested: sealed?.tested, isUsed: sealed?.isUsed ?? false,
            recipient: sealed?.recipient?.fingerprint)
    }
}
