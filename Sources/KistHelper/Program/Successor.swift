private import Glibc
internal import KistLogins
internal import KistPosix
internal import SecretMemory

/// `kist`, which goes on in this process's place.
enum Successor {
    private static let failed: Int32 = 125

    /// Executes the `kist` beside this program; never searched for by PATH.
    ///
    /// - Parameters:
    ///   - names: its name and first arguments.
    ///   - start: the first argument of this process that follows them, byte for byte.
    ///   - input: what was read of standard input, which goes on there.
    /// - Returns: only when it could not be executed; what to exit with.
    static func start(_ names: [String], from start: Int, with input: borrowing ToolInput, waited: Int) -> Int32 {
        guard let pipe = try? Descriptor.makePipe() else { return refuse("no pipe could be made") }
        // An empty pipe takes that much at once.
        let written: Void? = input.bytes.withBytes { try? pipe.writing.write($0) }
        guard written != nil else { return refuse("the words of the tool could not be handed on") }
        let reading = pipe.takeReading()
        reading.setCloseOnExec(false)
        return execute(names, from: start, HandedInput(descriptor: reading.release(), waited: waited).arguments)
    }

    static func start(_ names: [String], from start: Int) -> Int32 { execute(names, from: start, []) }

    private static func execute(_ names: [String], from start: Int, _ more: [String]) -> Int32 {
        guard let own = try? Process.executable() else { return refuse("the path of this program is not known") }
        var arguments: [UnsafeMutablePointer<CChar>?] = names.map { strdup($0) }
        for index in start..<max(start, Arguments.count) { arguments.append(Arguments.raw(index)) }
        for argument in more { arguments.append(strdup(argument)) }
        arguments.append(nil)
        Hardening.restoreForExecution()
        execv((Folder.parent(of: own) ?? "") + "/kist", arguments)
        return refuse("kist beside this program: " + String(cString: strerror(errno)))
    }

    private static func refuse(_ why: String) -> Int32 {
        let text = Array("kist-helper: \(why)\n".utf8)
        _ = write(2, text, text.count)
        return failed
    }
}
