internal import KistPosix
internal import KistProtocol

/// Questions to a person, one at a time, through the prompter that was started with this agent.
///
/// Which display they appear on was settled then. A program that asks for a secret cannot choose it, and so cannot answer
/// in the person's place on a terminal of its own.
final class Prompts {
    /// One question.
    final class Prompt {
        let number: UInt32
        let client: UInt64
        let text: String
        /// Called once, with what came of it; `nil` when the vault was locked meanwhile.
        let answer: (PromptFrame.Word?) -> Void

        init(
            number: UInt32, client: UInt64, text: String, answer: @escaping (PromptFrame.Word?) -> Void
        ) {
            self.number = number
            self.client = client
            self.text = text
            self.answer = answer
        }
    }

    /// Questions that may wait at one time: nobody is to be worn down by a pile of them.
    static let most = 8

    private var socket: Descriptor?
    /// Where they appear, in words; `nil` without a prompter.
    private(set) var place: String?
    private var queue: [Prompt] = []
    private var cancelled: [Prompt] = []
    private var arrived: [UInt8] = []
    private var next: UInt32 = 1
    private let patience: Int64
    private let rest: Int64
    /// Until when the first question must be answered.
    private(set) var deadline: Int64?
    /// Until when nothing is asked, because somebody has just said no.
    private var quietUntil: Int64 = 0

    init(_ limits: Limits) {
        patience = limits.prompt
        rest = limits.promptRest
    }

    /// - Parameter place: in words, for `doctor`.
    func connect(_ socket: consuming Descriptor, place: String, _ poller: borrowing Poller) throws(PosixError) {
        socket.setNonblocking(true)
        try poller.add(socket.raw, .readable, token: Agent.Token.prompter)
        self.socket = consume socket
        self.place = place
    }

    /// - Returns: whether the question was taken; `answer` is called later then, and never otherwise.
    func ask(
        _ text: String, _ client: UInt64, at now: Int64, _ answer: @escaping (PromptFrame.Word?) -> Void
    ) -> Bool {
        guard socket != nil, queue.count < Self.most, now >= quietUntil else { return false }
        queue.append(Prompt(number: next, client: client, text: text, answer: answer))
        next &+= 1
        if queue.count == 1 { send(at: now) }
        return true
    }

    /// Why `ask` would refuse now.
    func refusal(at now: Int64) -> String {
        socket == nil
            ? "nobody can be asked: this agent was started without a display"
            : now < quietUntil ? "it was refused a moment ago" : "too many questions wait for an answer"
    }

    /// What the prompter says.
    func receive(at now: Int64, _ poller: borrowing Poller) {
        guard let raw = socket?.raw else { return }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count: Int?
        do { count = try bytes.withUnsafeMutableBytes { try UnixSocket.receive(raw, $0) } } catch {
            return lose(poller)
        }
        guard let count else { return }
        guard count > 0 else { return lose(poller) }
        arrived += bytes[..<count]
        while arrived.count >= PromptFrame.answerBytes {
            let answer = PromptFrame.readAnswer(Array(arrived.prefix(PromptFrame.answerBytes)))
            arrived.removeFirst(PromptFrame.answerBytes)
            guard let answer else { return lose(poller) }
            // A late word to a question that was taken back is nobody's.
            guard queue.first?.number == answer.number else { continue }
            conclude(answer.word, at: now)
        }
    }

    /// Answers questions that were cancelled, and ends one that nobody has answered.
    func expire(at now: Int64) {
        let cancelled = cancelled
        self.cancelled = []
        for prompt in cancelled { prompt.answer(nil) }
        guard let deadline, deadline <= now else { return }
        takeBack()
        conclude(.timeout, at: now)
    }

    /// The connection is gone: its questions are taken back.
    func drop(_ client: UInt64, at now: Int64) {
        guard queue.contains(where: { $0.client == client }) else { return }
        let wasFirst = queue.first?.client == client
        if wasFirst { takeBack() }
        queue.removeAll { $0.client == client }
        cancelled.removeAll { $0.client == client }
        if wasFirst { send(at: now) }
    }

    /// The vault is closed: every question is taken back. Their answers wait for `expire`, because this may be the turn
    /// of another connection.
    func cancelAll() {
        takeBack()
        cancelled += queue
        queue = []
        deadline = nil
    }

    private func conclude(_ word: PromptFrame.Word, at now: Int64) {
        let prompt = queue.removeFirst()
        if word == .declined { quietUntil = now + rest }
        // The next one goes out before the answer is acted on, which may ask again.
        send(at: now)
        prompt.answer(word)
    }

    private func send(at now: Int64) {
        deadline = nil
        guard let first = queue.first else { return }
        deadline = now + patience
        write(PromptFrame.question(first.number, first.text))
    }

    private func takeBack() {
        if let first = queue.first { write(PromptFrame.question(first.number, "")) }
    }

    /// A prompter that does not take a few hundred bytes is stuck: the question runs into its deadline.
    private func write(_ bytes: [UInt8]) {
        guard let raw = socket?.raw else { return }
        _ = bytes.withUnsafeBytes { try? UnixSocket.send(raw, $0) }
    }

    /// The prompter has ended or talks nonsense: from now on nobody can be asked.
    private func lose(_ poller: borrowing Poller) {
        if let socket = socket.take() { poller.remove(socket.raw) }
        place = nil
        let lost = queue
        queue = []
        deadline = nil
        for prompt in lost { prompt.answer(.unavailable) }
    }
}
