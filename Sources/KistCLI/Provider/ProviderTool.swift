internal import KistLogins

/// A tool whose own credential protocol Kist answers: `kist provider NAME …`, or under the name that the tool looks for.
///
/// One type for each, in a folder of its own; the wire form itself is in `KistProviders`. A new one is listed in
/// `Providers.all` and gets its section in the README.
protocol ProviderTool: Sendable {
    /// As typed: "git".
    static var name: String { get }
    /// The name under which the tool starts its helper: "git-credential-kist".
    static var programName: String? { get }
    /// One line for `kist provider --help`.
    static var abstract: String { get }
    /// One line that works.
    static var example: String { get }

    /// Answers one request on standard input and output.
    ///
    /// - Returns: the exit code.
    /// - Throws: what went wrong; `fail` tells the tool, and the advice goes to standard error.
    static func answer(_ arguments: [String], _ exchange: ProviderExchange) throws(Failure) -> Int32

    /// Tells the tool, in its own form, that there is no answer. Standard output has nothing yet.
    ///
    /// - Returns: the exit code.
    static func fail(_ failure: Failure, _ arguments: [String], _ exchange: ProviderExchange) -> Int32
}

extension ProviderTool {
    static var programName: String? { nil }

    /// Nothing on standard output, the exit code of the failure.
    static func fail(_ failure: Failure, _ arguments: [String], _ exchange: ProviderExchange) -> Int32 { failure.code }
}

/// The tools that there are.
enum Providers {
    static let all: [any ProviderTool.Type] = [
        GitProvider.self, DockerProvider.self, AWSProvider.self, CargoProvider.self, KubectlProvider.self,
        GCPProvider.self, JSONLinesProvider.self,
    ]

    static func named(_ name: String) -> (any ProviderTool.Type)? { all.first { $0.name == name } }

    /// The tool that starts its helper under this name. `all` is not made for that: such a start is to be short.
    static func named(program name: String) -> (any ProviderTool.Type)? {
        switch HelperTool(program: name) {
        case .git: GitProvider.self
        case .docker: DockerProvider.self
        case .cargo: CargoProvider.self
        case nil: nil
        }
    }

    /// One request, from the arguments to the exit code.
    static func run(
        _ tool: any ProviderTool.Type, _ arguments: [String], _ globals: GlobalOptions, _ printer: Printer,
        _ handed: HandedInput? = nil
    ) -> Int32 {
        let exchange = ProviderExchange(globals, printer, handed: handed)
        do throws(Failure) {
            let code = try tool.answer(arguments, exchange)
            try printer.finish()
            return code
        } catch {
            printer.failure(error)
            let code = tool.fail(error, arguments, exchange)
            printer.flush()
            return code
        }
    }
}
