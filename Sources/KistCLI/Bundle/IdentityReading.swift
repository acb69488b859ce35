internal import KistCrypto
internal import SecretMemory

/// Reads the file of an identity, which must be private.
enum IdentityReading {
    /// - Parameter isCredential: it lies in the service manager's folder, where a file of root's may be readable by a group:
    ///   the mask of the access list that lets this user in.
    static func read(_ path: String, isCredential: Bool = false) throws(Failure) -> IdentityFile {
        let bytes = try SecretReader.readPrivateFile(path, what: "the identity's file", groupMayRead: isCredential)
        do { return try IdentityFile(bytes) } catch {
            let why =
                switch error {
                case .tooLong: "it is longer than such a file can be"
                case .line(let number): "line \(number) is none of kist-identity-…, trust kist-vault-… and # comment"
                case .noIdentity: "there is no line kist-identity-… in it"
                case .twoIdentities(let line): "line \(line) has a second identity"
                }
            throw Failure("\(path) is not the file of an identity: \(why)", code: ExitCode.notOpened)
        }
    }
}
