import Glibc

/// What a stream of output leads to.
enum StreamKind: Equatable {
    case terminal
    /// The service manager's journal.
    case journal
    /// A pipe that the process which started us writes to as well: the log of an automatic build, not another program.
    case sharedPipe
    case pipe
    case file
    /// Some programs start others with sockets where a shell makes pipes; who is at the other end cannot be seen.
    case socket
    /// Nothing that keeps or shows anything (`/dev/null`), or closed.
    case other

    init(_ descriptor: Int32, environment: Variables) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            self = .other
            return
        }
        if isatty(descriptor) == 1 {
            self = .terminal
        } else if environment["JOURNAL_STREAM"] == "\(status.st_dev):\(status.st_ino)" {
            self = .journal
        } else {
            switch status.st_mode & S_IFMT {
            case S_IFIFO: self = Self.isShared(descriptor) ? .sharedPipe : .pipe
            case S_IFREG: self = .file
            case S_IFSOCK: self = .socket
            default: self = .other
            }
        }
    }

    /// Whether our parent has the same pipe at that number. In `$(…)` and before `|` a shell makes a new one for us.
    /// What cannot be seen counts as shared.
    private static func isShared(_ descriptor: Int32) -> Bool {
        var own = stat(), other = stat()
        guard fstat(descriptor, &own) == 0, stat("/proc/\(getppid())/fd/\(descriptor)", &other) == 0 else {
            return true
        }
        return own.st_dev == other.st_dev && own.st_ino == other.st_ino
    }
}

/// Which streams of a program are masked.
struct MaskChoice: Equatable {
    var output: StreamKind
    var error: StreamKind
    var masksOutput: Bool
    var masksError: Bool

    var isNone: Bool { !masksOutput && !masksError }

    /// - Parameter wanted: what the command line says; `nil` for nothing.
    init(_ wanted: Bool?, environment: Variables) {
        self.init(
            wanted, output: StreamKind(1, environment: environment), error: StreamKind(2, environment: environment),
            environment: environment)
    }

    init(_ wanted: Bool?, output: StreamKind, error: StreamKind, environment: Variables) {
        self.output = output
        self.error = error
        let wanted = wanted ?? (environment.nonEmpty("KIST_NO_MASK") == nil ? nil : false)
        masksOutput = Self.isMasked(output, wanted, environment)
        masksError = Self.isMasked(error, wanted, environment)
    }

    private static func isMasked(_ kind: StreamKind, _ wanted: Bool?, _ environment: Variables) -> Bool {
        switch (wanted, kind) {
        case (false?, _), (_, .other): false
        case (true?, _), (nil, .terminal), (nil, .journal): true
        case (nil, .sharedPipe), (nil, .socket): isAutomaticBuild(environment)
        case (nil, .pipe), (nil, .file): false
        }
    }

    /// Whether this runs where a build service keeps what is printed.
    private static func isAutomaticBuild(_ environment: Variables) -> Bool {
        if let value = environment.nonEmpty("CI") { return value != "false" && value != "0" }
        return ["GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION"]
            .contains { environment.nonEmpty($0) != nil }
    }
}
