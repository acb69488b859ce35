internal import KistModel
internal import SecretMemory

extension PutItem {
    /// Plain and secret fields together.
    package static let mostFields = 256
    /// Bytes of one plain value or of a note.
    package static let longestPlain = 64 * 1_024
    /// Bytes of all plain values and the note together.
    package static let longestOverview = 256 * 1_024
    /// Bytes of all secret values of one credential together.
    package static let longestSecrets = 1_024 * 1_024

    /// - Parameter lengths: of the secret values.
    /// - Throws: `.invalid` or `.tooLarge`.
    func check(_ lengths: ArraySlice<Int>) throws(VaultError) {
        guard plain.count + secrets.count <= Self.mostFields else {
            throw .tooLarge("a credential has at most 256 fields")
        }
        var names = Set<FieldName>()
        for name in plain.map(\.name) + secrets {
            guard names.insert(name).inserted else { throw .invalid("the field \(name) is given twice") }
        }
        guard (1...64).contains(platform.utf8.count) else { throw .invalid("a platform's name has 1 to 64 bytes") }
        guard variant?.utf8.count ?? 1 <= 64, variant?.isEmpty != true else {
            throw .invalid("a variant's name has 1 to 64 bytes")
        }
        let texts = plain.map(\.value.utf8.count) + [note?.utf8.count ?? 0]
        guard texts.allSatisfy({ $0 <= Self.longestPlain }), texts.reduce(0, +) <= Self.longestOverview else {
            throw .tooLarge("a plain value has at most 64 KiB, all of a credential 256 KiB")
        }
        if case .at(let end) = expiry, !end.isWritable { throw .invalid("the expiry is not between 1970 and 9999") }
        guard lengths.reduce(0, +) <= Self.longestSecrets else {
            throw .tooLarge("the secrets of a credential have at most 1 MiB together")
        }
    }
}

extension WriteNote {
    func check() throws(VaultError) {
        guard when.isWritable else { throw .invalid("the clock is not between 1970 and 9999") }
        guard who.utf8.count <= 255, why.utf8.count <= 1_024 else { throw .tooLarge("a revision's note is too long") }
    }
}
