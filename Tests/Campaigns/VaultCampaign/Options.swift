/// What the command line asks for.
struct Options {
    let name: String
    private var values: [String: String] = [:]

    /// - Returns: `nil` when it cannot be meant so.
    init?(_ arguments: [String]) {
        guard arguments.count >= 2, arguments.count % 2 == 0 else { return nil }
        name = arguments[1]
        for at in stride(from: 2, to: arguments.count, by: 2) {
            guard arguments[at].hasPrefix("--") else { return nil }
            values[String(arguments[at].dropFirst(2))] = arguments[at + 1]
        }
    }

    func number(_ name: String, _ otherwise: Int) -> Int { values[name].flatMap { Int($0) } ?? otherwise }
    var seed: UInt64 { UInt64(number("seed", 1)) }
    func range(_ all: Int) -> Range<Int> {
        let from = min(number("from", 0), all)
        return from..<max(from, min(number("to", all), all))
    }
    func folder(_ name: String) -> String { values[name] ?? "/tmp" }
}
