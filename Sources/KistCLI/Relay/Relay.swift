import Glibc
import KistPosix

/// Stands between a program and where its output goes, until it ends: passes on what is written, what is typed, the
/// signals and the window's size; stops when it stops.
final class Relay {
    private let program: RelayedProgram
    private let signals: RelaySignals
    private let streams: [RelayedStream]
    private let keyboard: Keyboard?
    /// The program's terminals and the one whose size they have.
    private let sizes: (outer: Int32, inner: [Int32])
    private let watch: (any RelayWatch)?
    private var end: Int32?

    /// What is left in the pipes after the end is waited for this long: a program behind them may hold them open.
    private static let graceMilliseconds: Int32 = 100

    init(
        _ program: RelayedProgram, signals: RelaySignals, streams: [RelayedStream], keyboard: Keyboard?,
        sizes: (outer: Int32, inner: [Int32]), watch: (any RelayWatch)?
    ) {
        self.program = program
        self.signals = signals
        self.streams = streams
        self.keyboard = keyboard
        self.sizes = sizes
        self.watch = watch
    }

    /// - Returns: the program's exit code, or 128 + N when signal N ended it.
    func run() -> Int32 {
        takeTerminal()
        while end == nil {
            step()
            news()
        }
        drain()
        if let keyboard { RawTerminal.leave(keyboard.input) }
        return end ?? ExitCode.failed
    }

    /// One wait, and what was ready then.
    private func step() {
        var polls = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
        polls.append(pollfd(fd: program.news, events: Int16(POLLIN), revents: 0))
        var keys = Int16(0)
        if let keyboard, keyboard.hasPending { keys = Int16(POLLOUT) }
        let types = keyboard.map { !$0.hasPending && !$0.isEnded && isRaw } ?? false
        polls.append(pollfd(fd: types ? keyboard?.input ?? -1 : -1, events: Int16(POLLIN), revents: 0))
        polls.append(pollfd(fd: keys != 0 ? keyboard?.master ?? -1 : -1, events: keys, revents: 0))
        for stream in streams {
            let reads = !stream.isEnded && !stream.hasPending
            polls.append(pollfd(fd: reads ? stream.descriptor : -1, events: Int16(POLLIN), revents: 0))
            polls.append(pollfd(fd: stream.hasPending ? stream.target : -1, events: Int16(POLLOUT), revents: 0))
        }
        let count = poll(&polls, nfds_t(polls.count), timeout())
        if count == 0 { for stream in streams where stream.waits { stream.release() } }
        if let keyboard, !isRaw { takeTerminal(ifChanged: keyboard) }
        if let news = watch?.look(program) {
            // Before anything else is read: what was printed since is looked at with it.
            if let masked = news.masked { for stream in streams { stream.look(for: masked) } }
            say(news.text)
        }
        guard count > 0 else { return }
        if polls[2].revents != 0 { keyboard?.read() }
        if let keyboard, keyboard.hasPending { keyboard.write() }
        for (index, stream) in streams.enumerated() {
            if polls[4 + 2 * index].revents != 0 { stream.read() }
            if polls[5 + 2 * index].revents != 0 || stream.hasPending && polls[4 + 2 * index].revents != 0 {
                writeNow(stream)
            }
        }
    }

    /// Writes while the target takes it without waiting.
    private func writeNow(_ stream: RelayedStream) {
        while stream.hasPending {
            var target = pollfd(fd: stream.target, events: Int16(POLLOUT), revents: 0)
            guard poll(&target, 1, 0) > 0 else { return }
            stream.write()
        }
    }

    private func timeout() -> Int32 {
        var most: Int32 = -1
        func atMost(_ milliseconds: Int32) { most = most < 0 ? milliseconds : min(most, milliseconds) }
        if streams.contains(where: \.waits) { atMost(RelayedStream.patience) }
        // Whether a shell has brought us to the front is told by nothing but a look.
        if keyboard != nil, !isRaw { atMost(250) }
        if let watch { atMost(watch.milliseconds) }
        return most
    }

    /// A line on standard error, with the terminal as it usually is.
    private func say(_ text: String) {
        if let keyboard, isRaw { RawTerminal.leave(keyboard.input) }
        Printer().note(Phrase(text))
        if isRaw { takeTerminal() }
    }

    // MARK: Signals and the program

    private func news() {
        while let signal = signals.next() {
            switch signal.number {
            case SIGCHLD, SIGPIPE, SIGTTIN, SIGTTOU: break
            case SIGCONT: takeTerminal()
            case SIGWINCH:
                for inner in sizes.inner { RawTerminal.copySize(from: sizes.outer, to: inner) }
                // A program without its own session has been told by the terminal, but before the size was right.
                if !program.hasSession { program.send(SIGWINCH) }
            default:
                if !signal.byTerminal {
                    program.send(signal.number)
                } else if let keyboard {
                    // Meant for whoever has the terminal; in our own group the program has been told already.
                    keyboard.send(signal.number)
                }
            }
        }
        switch program.event() {
        case .ended(let code): end = code
        case .stopped(let number): stop(number)
        case nil: break
        }
    }

    private func stop(_ number: Int32) {
        guard number == SIGTSTP || number == SIGTTIN || number == SIGTTOU else { return }
        for stream in streams {
            while stream.read() { writeNow(stream) }
        }
        if let keyboard {
            RawTerminal.leave(keyboard.input)
            isRaw = false
        }
        RelaySignals.stop(number)
        takeTerminal()
        for inner in sizes.inner { RawTerminal.copySize(from: sizes.outer, to: inner) }
        program.proceed()
    }

    // MARK: The terminal

    private var isRaw = false

    private func takeTerminal() {
        guard let keyboard, keyboard.isForeground else { return }
        RawTerminal.enter(keyboard.input)
        isRaw = true
    }

    private func takeTerminal(ifChanged keyboard: Keyboard) { if keyboard.isForeground { takeTerminal() } }

    /// The program has ended: what it wrote before that still goes out.
    private func drain() {
        let began = BootClock.nanoseconds
        for stream in streams {
            while !stream.isEnded, BootClock.nanoseconds - began < 10_000_000 * Int64(Self.graceMilliseconds) {
                if stream.hasPending { flush(stream) }
                var source = pollfd(fd: stream.descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&source, 1, program.hasSession ? 0 : Self.graceMilliseconds) > 0 else { break }
                stream.read()
            }
            stream.end()
            flush(stream)
        }
    }

    /// Writes all of it, however long the reader takes; a second signal ends that.
    private func flush(_ stream: RelayedStream) {
        while stream.hasPending {
            var polls = [
                pollfd(fd: stream.target, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&polls, 2, -1)
            if polls[0].revents != 0 { stream.write() }
            if polls[1].revents != 0, let signal = signals.next(),
                [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(signal.number)
            {
                return
            }
        }
    }
}

/// Something that is looked after while a program runs.
protocol RelayWatch: AnyObject {
    /// How long may pass between two looks.
    var milliseconds: Int32 { get }
    /// - Returns: what there is to say, if anything happened.
    func look(_ program: RelayedProgram) -> WatchNews?
}

/// What a look at a running program came to.
struct WatchNews {
    /// A line for the user.
    var text: String
    /// What is looked for in its output from now on; `nil` when that stays.
    var masked: MaskedValues?
}
