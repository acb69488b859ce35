extension Verification {
    /// As `advance`, before a change of the root begins: a row that does not open would stop that for good, half way.
    ///
    /// - Throws: `.damaged`, with the name of the credential when one of its revisions still says it.
    package func advanceBeforeChange(isEnough: () -> Bool) throws(VaultError) -> Bool {
        do throws(VaultError) { return try advance(isEnough: isEnough) } catch {
            guard case .damaged(let why) = error, let name = try nameOfDamaged() else { throw error }
            throw .damaged("\(why): \(name)")
        }
    }
}
