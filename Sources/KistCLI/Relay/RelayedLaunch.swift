import Glibc
import KistMasking
import KistPosix
import SecretMemory

/// Starts a program with what it prints led through the mask, and stays until it ends.
struct RelayedLaunch {
    let command: [String]
    let choice: MaskChoice
    let masked: MaskedValues
    let signals: RelaySignals
    /// What the program reads in place of our standard input; ours to close.
    var input: Int32?
    /// Descriptors beside 0 to 2 that it gets.
    var keeping: [Int32] = []
    var watch: (any RelayWatch)?

    /// Everything between the two ends while it is being laid.
    private struct Pipes {
        /// The program's 0 to 2.
        var descriptors: [Int32] = [0, 1, 2]
        /// Its ends, which are closed here once it has them.
        var ends: Set<Int32> = []
        var streams: [RelayedStream] = []
        var keyboard: Keyboard?
        var sizes: (outer: Int32, inner: [Int32]) = (-1, [])
        /// Its end of a terminal of its own.
        var terminal: Int32?
    }

    /// - Returns: the exit code, or 128 + N when signal N ended it.
    func run(_ block: consuming EnvironmentBlock) throws(Failure) -> Int32 {
        let exact = ExactCommand(command)
        let path = try exact.program()
        var pipes = Pipes()
        if let input { pipes.descriptors[0] = input }
        do throws(PosixError) { try lay(&pipes) } catch {
            throw Failure("what the program prints could not be led through Kist: \(error)")
        }
        Launcher.closeOthers(keeping: keeping)
        Hardening.restoreForExecution()
        let program = try start(exact, path, pipes, block)
        for end in pipes.ends { close(end) }
        // The secrets of its environment are the program's now.
        let relay = Relay(
            program, signals: signals, streams: pipes.streams, keyboard: pipes.keyboard, sizes: pipes.sizes,
            watch: watch)
        return relay.run()
    }

    // MARK: -

    private func lay(_ pipes: inout Pipes) throws(PosixError) {
        let asksOutput = choice.masksOutput && choice.output == .terminal
        let asksError = choice.masksError && choice.error == .terminal
        if asksOutput, input == nil, isatty(0) == 1 {
            // All of it: keys, job control and size are those of a terminal of the program's own.
            let slave = try layTerminal(&pipes, like: 0, to: 1, plain: false)
            pipes.descriptors[0] = slave
            pipes.descriptors[1] = slave
            if asksError { pipes.descriptors[2] = slave }
            pipes.terminal = slave
            pipes.keyboard = Keyboard(from: 0, to: pipes.streams[0].descriptor)
        } else if asksOutput {
            let slave = try layTerminal(&pipes, like: 1, to: 1, plain: true)
            pipes.descriptors[1] = slave
            if asksError { pipes.descriptors[2] = slave }
        } else if asksError {
            pipes.descriptors[2] = try layTerminal(&pipes, like: 2, to: 2, plain: true)
        }
        if choice.masksOutput, !asksOutput { try layPipe(&pipes, 1, choice.output) }
        if choice.masksError, !asksError { try layPipe(&pipes, 2, choice.error) }
    }

    private func layTerminal(
        _ pipes: inout Pipes, like: Int32, to target: Int32, plain: Bool
    ) throws(PosixError) -> Int32 {
        let terminal = try PseudoTerminal(like: like, plain: plain)
        let slave = fcntl(terminal.slave.raw, F_DUPFD_CLOEXEC, 3)
        guard slave >= 0 else { throw PosixError("dup") }
        pipes.ends.insert(slave)
        let master = terminal.takeMaster()
        pipes.sizes = (like, pipes.sizes.inner + [master.raw])
        pipes.streams.append(
            RelayedStream(from: master, to: target, kind: .terminal, mask: Mask(masked.patterns, labels: masked.labels))
        )
        return slave
    }

    private func layPipe(_ pipes: inout Pipes, _ number: Int32, _ kind: StreamKind) throws(PosixError) {
        let ends = try Descriptor.makePipe()
        let end = fcntl(ends.writing.raw, F_DUPFD_CLOEXEC, 3)
        guard end >= 0 else { throw PosixError("dup") }
        pipes.ends.insert(end)
        pipes.descriptors[Int(number)] = end
        pipes.streams.append(
            RelayedStream(
                from: ends.takeReading(), to: number, kind: kind,
                mask: Mask(masked.patterns, labels: masked.labels)))
    }

    private func start(
        _ exact: ExactCommand, _ path: [CChar], _ pipes: Pipes, _ block: borrowing EnvironmentBlock
    ) throws(Failure) -> RelayedProgram {
        let shell = Array("/bin/sh".utf8CString)
        let started: Result<RelayedProgram, PosixError> = block.withPointers { variables in
            exact.withPointers { arguments in
                exact.withPointers(before: [shell, path], dropping: 1) { script in
                    let call = RelayedProgram.Call(
                        path: path, arguments: arguments, shell: script, variables: variables,
                        descriptors: pipes.descriptors)
                    return Result { () throws(PosixError) in
                        guard let terminal = pipes.terminal else { return try RelayedProgram.start(call) }
                        return try RelayedProgram.startSession(
                            call, terminal: terminal, outer: 0, forget: { LockedMemory.forgetAll() })
                    }
                }
            }
        }
        switch started {
        case .success(let program): return program
        case .failure(let error):
            let shown = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw Launcher.failure(shown, error.code)
        }
    }
}
