internal import KistModel
internal import KistPosix
internal import KistProtocol
internal import SecretMemory

/// One connection.
final class Client {
    /// How far the two sides have got to know each other.
    enum Greeting: Equatable {
        case none
        /// The client's own name and version, for the history.
        case said(String)
        /// It speaks another protocol: everything but `retire` is refused.
        case refused
    }

    let token: UInt64
    let socket: Descriptor
    let peer: Peer
    var reader = FrameReader()
    var greeting = Greeting.none
    /// As the log has it; looked up once.
    var who: AuditEntry.Who?
    /// A request of this client is in work elsewhere; its next ones wait, so that answers keep their order.
    var isBusy = false
    /// Bytes that came behind a request that is still in work. May hold segments.
    var held: SecretBytes?
    /// Answers that the socket did not take yet, from `sent` on.
    var pending: SecretBytes?
    var sent = 0
    /// Makes the next frame of a long answer; `nil` when there is no more.
    var producer: (() -> Bool)?
    /// The producer makes one frame a turn, and others are served in between.
    var takesTurns = false
    /// A backup that comes in.
    var intake: Intake?
    /// A batch that comes in several frames.
    var batch: Batch?
    /// A batch that was dropped when the vault was closed; its next frame is told so.
    var dropped: Int64?
    /// A batch that was refused while frames of it were still to come.
    var skipped: Int64?
    /// Until when the begun frame must be whole, or the pending answer taken.
    var deadline: Int64?
    var lastUsed: Int64
    var interest: Poller.Interest = .readable
    /// Close when everything is sent.
    var isClosing = false

    init(token: UInt64, socket: consuming Descriptor, peer: Peer, now: Int64) {
        self.token = token
        self.socket = socket
        self.peer = peer
        lastUsed = now
    }

    /// Before the two sides know each other, nothing large is taken, and no secret: a stranger's bytes lie in locked
    /// memory like everybody's.
    var largestFrame: Int {
        if case .said = greeting { return .max }
        return Self.largestGreeting
    }

    static let largestGreeting = 8_192

    /// Whether the next request may be looked at.
    var isReady: Bool { !isBusy && pending == nil && producer == nil && !isClosing }
}
