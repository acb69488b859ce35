import KistProtocol

extension Doctor {
    /// Whether the vault, or its passphrase's slot, should be made anew.
    static func rekeying(_ vault: JSONValue) -> [Finding] {
        var findings: [Finding] = []
        if vault["endedSlot"] == .bool(true) {
            findings.append(
                Finding(
                    level: .note,
                    what:
                        "a way in was removed or changed since the vault was encrypted: who had it may have kept its key",
                    advice: "kist rekey"))
        }
        for cost in vault["costs"]?.array ?? [] {
            let (passes, memory) = (cost["passes"]?.integer ?? 0, cost["memory"]?.integer ?? 0)
            guard passes * memory < usual else { continue }
            findings.append(
                Finding(
                    level: .note,
                    what:
                        "a guess of the passphrase costs \(passes) passes over \(memory >> 10) MiB, less than is usual now",
                    advice: "kist rekey --kdf moderate"))
        }
        return findings
    }

    /// Passes times KiB: libsodium's "moderate".
    private static let usual: Int64 = 3 * 262_144
}
