import Glibc
import KistClient
import KistMasking
import KistModel
import KistPosix
import KistProtocol

/// The last step of `kist run`: replaces this process by the program, or stays beside it where something is left to do.
struct Starting {
    let input: RunInput
    let session: Session
    let choice: MaskChoice
    /// Makes what the program is started with anew.
    let renew: (AgentConnection) throws(Failure) -> Injection
    /// Asks for the present values of one credential alone.
    let reveal: Masking.Asking
    /// The credentials and what of them the program has.
    let revisions: [NamedRequest: UInt64]

    /// - Returns: the program's exit code, or 128 + N; it does not return when nothing had to stay.
    func start(_ injection: consuming Injection) throws(Failure) -> Int32 {
        guard input.watch == nil, choice.isNone || injection.sought.isEmpty else { return try stay(injection) }
        // A folder of ours or of a private agent goes with this process.
        var stays = injection.madeFolder || injection.handed.madeFolder
        if stays, session.bundlePath == nil { stays = try session.agent().isPrivate }
        let command = command(injection.handed)
        let keeping = input.keptDescriptors + injection.handed.descriptors
        if let descriptor = injection.handed.input, dup2(descriptor, 0) < 0 {
            throw Failure("standard input could not be replaced: \(String(cString: strerror(errno)))")
        }
        guard stays else { throw Launcher.replace(command, environment: injection.block, keeping: keeping) }
        return try Launcher.wait(command, environment: injection.block, keeping: keeping)
    }

    /// Masks, watches, or both.
    private func stay(_ first: consuming Injection) throws(Failure) -> Int32 {
        let signals: RelaySignals
        do throws(PosixError) { signals = try RelaySignals() } catch {
            throw Failure("signals could not be received: \(error)")
        }
        var watch: RevisionWatch?
        if let action = input.watch {
            guard session.bundlePath == nil else {
                throw Failure.usage("--watch needs the vault: a bundle does not change")
            }
            watch = RevisionWatch(
                session, action, revisions: revisions, connection: revisions.isEmpty ? nil : try session.agent(),
                renew: renew)
            // A program that is told fetches the new value itself and may print it.
            if case .signal = action, !choice.isNone {
                watch?.masking = Masking(sought: first.sought.copy(), reveal: reveal)
            }
        }
        var code = try launch(first, signals, watch)
        while let watch, let next = watch.next.take() {
            watch.began()
            code = try launch(next, signals, watch)
        }
        return code
    }

    private func launch(
        _ injection: consuming Injection, _ signals: RelaySignals, _ watch: RevisionWatch?
    ) throws(Failure) -> Int32 {
        let handed = injection.handed
        let masked = injection.sought.mask()
        let isMasked = !masked.labels.isEmpty || watch?.masking != nil
        var launch = RelayedLaunch(
            command: command(handed), choice: isMasked ? choice : choice.withoutMask, masked: masked,
            signals: signals, input: handed.input, watch: watch)
        launch.keeping = input.keptDescriptors + handed.descriptors
        defer { for descriptor in handed.descriptors + [handed.input].compactMap({ $0 }) { close(descriptor) } }
        return try launch.run(injection.block)
    }

    /// The command with the paths of fields in place of `{NAME.FIELD}`.
    private func command(_ handed: Handed) -> [String] {
        guard !handed.paths.isEmpty else { return input.command }
        return input.command.map { word in
            handed.paths.reduce(word) { $0.replacing("{\($1.key)}", with: $1.value) }
        }
    }
}

extension MaskChoice {
    /// The same with nothing to mask: the streams are handed on as they are.
    var withoutMask: MaskChoice {
        var choice = self
        choice.masksOutput = false
        choice.masksError = false
        return choice
    }
}
