internal import KistLogins
internal import KistProviders
internal import SecretMemory

/// `cargo-credential-kist --cargo-plugin`: cargo is greeted, asks a line and mostly closes its end then.
enum CargoQuestion {
    static func answerAll(_ input: inout ToolInput) throws(Unanswered) -> Int32 {
        guard try HelperAnswer(CargoAnswer.hello).write() == 0 else { return 125 }
        // cargo starts one helper for each question; a second line is one for `kist`.
        let vault = try LightVault()
        let answer = try answer(try line(&input), vault)
        let code = try answer.write()
        input.forget()
        guard code == 0 else { return code }
        if try input.readMore() { throw Unanswered() }
        return 0
    }

    /// The first line, which must be all that has come.
    private static func line(_ input: inout ToolInput) throws(Unanswered) -> SecretBytes {
        while true {
            let isOpen = try input.readMore()
            let end = input.bytes.withBytes { $0.firstIndex(of: 10) }
            guard let end else {
                guard isOpen else { throw Unanswered() }
                continue
            }
            guard end > 0, end + 1 == input.bytes.count else { throw Unanswered() }
            return input.bytes.withBytes { ToolInput.copy(UnsafeRawBufferPointer(rebasing: $0[..<end])) }
        }
    }

    private static func answer(_ line: borrowing SecretBytes, _ vault: LightVault) throws(Unanswered) -> HelperAnswer {
        let request = try line.withBytes { (bytes) throws(Unanswered) in
            try Unanswered.unless { () throws(ProviderRefusal) in try CargoRequest(bytes) }
        }
        guard case .get = request.kind, let filter = CargoToken.filter(request.index) else { throw Unanswered() }
        let found = CargoToken.find(request.index, among: try vault.list(filter))
        guard let overview = CargoToken.offered(found, at: request.index, now: vault.now) else {
            return HelperAnswer(CargoAnswer.notFound)
        }
        let question = try Unanswered.unless { () throws(LoginFault) in try CargoToken.question(request, overview) }
        let reply = try vault.reveal(question, of: overview)
        let token = try Unanswered.unless { () throws(LoginFault) in try CargoToken.token(reply, of: overview) }
        return HelperAnswer(
            try Unanswered.unless { () throws(ProviderRefusal) in try CargoToken.answer(overview, token) })
    }
}
