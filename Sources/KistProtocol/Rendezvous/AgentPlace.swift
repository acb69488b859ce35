/// Where the agent of a vault has its socket and its locks, as both sides work it out.
package enum AgentPlace {
    /// 16 hexadecimal digits that stand for a vault in file names: FNV-1a 64 over the bytes of its real path.
    ///
    /// It separates vaults and protects nothing: the folder's owner and mode do.
    package static func tag(ofVault realPath: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in realPath.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        var digits: [UInt8] = []
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(hash >> shift & 15)
            digits.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
        return String(decoding: digits, as: UTF8.self)
    }

    package static func socket(inRuntime folder: String, vault: String) -> String {
        "\(folder)/agent-\(tag(ofVault: vault)).sock"
    }

    /// Held by a shared agent as long as it lives: one agent per socket.
    package static func startLock(inRuntime folder: String, vault: String) -> String {
        "\(folder)/agent-\(tag(ofVault: vault)).lock"
    }

    /// There since the vault was first opened in this session of the user's: the system empties the folder at logout.
    package static func opened(inRuntime folder: String, vault: String) -> String {
        "\(folder)/agent-\(tag(ofVault: vault)).opened"
    }

    /// Held by whoever has the vault open.
    package static func vaultLock(_ vault: String) -> String { vault + ".lock" }
}
