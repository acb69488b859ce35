internal import KistCrypto
internal import SecretMemory

/// A recipient as it is named on the command line: its text, or a file that has it on a line of its own.
enum RecipientReading {
    static func read(_ text: String) throws(Failure) -> Recipient {
        if let recipient = Recipient(text) { return recipient }
        let lower = text.lowercased()
        guard !lower.hasPrefix(Identity.prefix) else {
            throw Failure.usage(
                "that is an identity, which is secret, and not its recipient",
                advice: [
                    "It may be in the shell's history now: make another one, and see  kist identity show FILE"
                ])
        }
        guard !lower.hasPrefix(Recipient.prefix) else {
            throw Failure.usage("a character of the recipient is wrong, or one is missing")
        }
        let neither = Failure.usage(
            "neither a recipient (\(Recipient.prefix)…) nor a file with one",
            advice: ["on the machine:  kist identity show FILE"])
        guard Home.exists(text) else { throw neither }
        let bytes = try SecretReader.readFile(text, what: "the recipient's file", atMost: 65_536)
        let found = bytes.withBytes { bytes in
            bytes.split(separator: 10).lazy.compactMap { line -> Recipient? in
                let words = String(decoding: line, as: UTF8.self).split(separator: " ")
                return words.last.flatMap { Recipient(String($0)) }
            }.first
        }
        guard let found else { throw neither }
        return found
    }
}
