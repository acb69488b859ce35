private import Glibc
private import KistPosix
internal import KistProtocol

/// One question, shown by a pinentry of its own (the Assuan protocol: a line, then `OK` or `ERR`).
enum Dialog {
    /// - Parameter isTakenBack: looks for at most that many milliseconds whether the agent still wants to know; throws
    ///   when there is no agent any more.
    /// - Returns: `nil` when the question was taken back.
    static func ask(
        _ text: String, _ options: PrompterOptions, _ isTakenBack: (Int32) throws -> Bool
    ) -> PromptFrame.Word? {
        guard let pair = try? UnixSocket.makePair() else { return .unavailable }
        let child: ChildProcess
        do {
            child = try ChildProcess(
                options.pinentry, environment: options.environment, input: pair.other, bothWays: true)
        } catch { return .unavailable }
        let word = converse(text, options, pair.takeOne(), isTakenBack)
        // Killed and waited for here, whatever it is still showing.
        end(child)
        return word
    }

    private static func end(_ child: consuming ChildProcess) {}

    private static func converse(
        _ text: String, _ options: PrompterOptions, _ socket: consuming Descriptor,
        _ isTakenBack: (Int32) throws -> Bool
    ) -> PromptFrame.Word? {
        let end = BootClock.nanoseconds + Int64(PrompterProgram.patience) * 1_000_000_000
        var talk = Assuan(socket, until: end)
        do {
            guard try talk.greeted(isTakenBack) else { return .unavailable }
            for line in setup(text, options) {
                // A pinentry that does not know an option says so, and goes on.
                _ = try talk.say(line, isTakenBack)
            }
            switch try talk.say("CONFIRM", isTakenBack) {
            case .done: return .agreed
            case .failed(let code): return word(code)
            }
        } catch Assuan.Stop.takenBack { return nil } catch Assuan.Stop.timeout { return .timeout } catch {
            return .unavailable
        }
    }

    private static func setup(_ text: String, _ options: PrompterOptions) -> [String] {
        var lines = ["OPTION no-grab"]
        if let terminal = options.terminal {
            lines += ["OPTION ttyname=\(Assuan.escaped(terminal))", "OPTION ttytype=xterm", "OPTION lc-ctype=C.UTF-8"]
        }
        lines += [
            "SETTIMEOUT \(PrompterProgram.patience)", "SETTITLE Kist", "SETDESC \(Assuan.escaped(text))",
            "SETOK Hand out", "SETCANCEL Refuse",
        ]
        return lines
    }

    /// GnuPG's error codes: the low 16 bits say what happened.
    private static func word(_ code: UInt32) -> PromptFrame.Word {
        switch code & 0xFFFF {
        case 62: .timeout
        // Cancelled, fully cancelled, not confirmed.
        case 99, 198, 114: .declined
        default: .unavailable
        }
    }
}
