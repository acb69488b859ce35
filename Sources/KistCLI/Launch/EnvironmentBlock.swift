private import Glibc
private import SecretMemory

/// The environment of a program about to be executed: the present one, less some variables, plus some whose values
/// are secret. The new strings lie in locked memory and nowhere else.
package struct EnvironmentBlock: ~Copyable {
    /// What the kernel takes as one string of the environment (MAX_ARG_STRLEN, with its NUL).
    package static let longestString = 131_072

    private var strings = SecretBuffer(capacity: 4_096)
    private var starts: [Int] = []
    private var names: [(name: String, source: String)] = []
    /// The names to take away, each with what must not see it.
    private var removed: [String: String] = [:]

    /// Kist's own variables that give rights to whoever has them: no program inherits them.
    private static let own: Set<String> = [
        "KIST_PASSPHRASE_FILE", "KIST_TRUST", "KIST_IDENTITY_FILE", "KIST_KEY_FILE", "KIST_FACTOR_FILE",
    ]

    package init() {}

    /// The names that will be set, in the order in which they came.
    package var setNames: [String] { names.map(\.name) }

    /// The names to take away, sorted.
    package var removedNames: [String] { removed.keys.sorted() }

    /// Adds `name=value`.
    ///
    /// - Parameters:
    ///   - source: where it comes from, for messages ("kumo.api_key").
    /// - Throws: `Failure` for a name already set or taken away by another source, a value with a NUL, one that looks like a shell
    ///   function, and one too long for the kernel.
    package mutating func set(
        _ name: String, to value: UnsafeRawBufferPointer, source: String, allowingDangerous: Bool
    ) throws(Failure) {
        try VariableName.check(name, source: source, allowingDangerous: allowingDangerous)
        if let other = names.first(where: { $0.name == name }) {
            throw Failure(
                "\(other.source) and \(source) both set \(name)",
                advice: [
                    "leave one out, or tell them apart in kist.toml:  kist use NAME=EU_"
                ])
        }
        if let other = removed[name] {
            throw Failure("\(source) sets \(name), which \(other) must not see")
        }
        guard !value.contains(0) else { throw Failure("\(source) holds a NUL byte and cannot become \(name)") }
        guard allowingDangerous || !DangerousNames.looksLikeFunction(value) else {
            throw Failure("\(source) begins like a shell function, so \(name) is not set from it")
        }
        let length = name.utf8.count + 1 + value.count + 1
        guard length <= Self.longestString else {
            throw Failure(
                "\(source) is \(value.count) bytes long; the kernel takes \(Self.longestString - 1) bytes for one "
                    + "variable with its name (\(name))",
                advice: ["Hand it over as a file, or in memory:  kist run --as \(source)=file …   (or =memfd)"])
        }
        starts.append(strings.count)
        strings.append(name)
        strings.append(UInt8(ascii: "="))
        strings.append(value)
        strings.append(0)
        names.append((name, source))
    }

    package mutating func set(
        _ name: String, to value: String, source: String, allowingDangerous: Bool
    ) throws(Failure) {
        var value = value
        let result: Result<Void, Failure> = value.withUTF8 { bytes in
            do throws(Failure) {
                try set(
                    name, to: UnsafeRawBufferPointer(bytes), source: source, allowingDangerous: allowingDangerous)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Takes a variable away.
    ///
    /// - Throws: `Failure` when another source sets it.
    package mutating func unset(_ name: String, source: String) throws(Failure) {
        if let other = names.first(where: { $0.name == name }) {
            throw Failure("\(other.source) sets \(name), which \(source) must not see")
        }
        removed[name] = source
    }

    /// Hands each new variable to `body`, in order.
    package borrowing func forEach(_ body: (_ name: String, _ value: UnsafeRawBufferPointer) -> Void) {
        strings.withBytes { bytes in
            for (index, start) in starts.enumerated() {
                let end = index + 1 < starts.count ? starts[index + 1] : bytes.count
                let value = start + names[index].name.utf8.count + 1
                body(names[index].name, UnsafeRawBufferPointer(rebasing: bytes[value..<end - 1]))
            }
        }
    }

    /// Of the names to take away, those that are there now, sorted.
    package func present(in inherited: [String]) -> [String] {
        inherited.filter { removed[$0] != nil }.sorted()
    }

    /// Calls `body` with a null-ended array for `execve`; the pointers hold only within it.
    package borrowing func withPointers<R>(
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) throws -> R
    ) rethrows -> R {
        let gone = Self.own.union(removed.keys).union(names.map(\.name))
        return try strings.withBytes { bytes in
            var pointers: [UnsafeMutablePointer<CChar>?] = []
            var index = 0
            while let entry = environ[index] {
                index += 1
                if !gone.contains(Self.name(of: entry)) { pointers.append(entry) }
            }
            for start in starts {
                let string = bytes.baseAddress!.advanced(by: start).assumingMemoryBound(to: CChar.self)
                pointers.append(UnsafeMutablePointer(mutating: string))
            }
            pointers.append(nil)
            return try pointers.withUnsafeMutableBufferPointer { try body($0.baseAddress!) }
        }
    }

    /// The names in this process's environment.
    package static var inheritedNames: [String] {
        var names: [String] = []
        var index = 0
        while let entry = environ[index] {
            index += 1
            names.append(name(of: entry))
        }
        return names
    }

    private static func name(of entry: UnsafePointer<CChar>) -> String {
        guard let mark = strchr(entry, Int32(UInt8(ascii: "="))) else { return String(cString: entry) }
        let bytes = UnsafeRawBufferPointer(start: entry, count: mark - UnsafeMutablePointer(mutating: entry))
        return String(decoding: bytes, as: UTF8.self)
    }
}
