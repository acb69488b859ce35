/// Parameters of `backupOpen`. Segments: the proof's, then the first bytes of the backup.
package struct BackupOpenRequest: Hashable, Sendable {
    package enum Purpose: String, Hashable, Sendable {
        /// Open everything, change nothing.
        case check
        /// Build a vault from it and put that in the vault's place.
        case restore
    }

    package var purpose: Purpose
    /// Restore although a vault is there, which is moved aside.
    package var isReplacing: Bool
    /// What opens a slot of the backup; `nil`: it is of the vault that is open, whose key opens it. Only to check.
    package var proof: SlotProof?
    /// The fingerprint of the vault that is meant.
    package var expect: String?

    package init(purpose: Purpose, isReplacing: Bool = false, proof: SlotProof? = nil, expect: String? = nil) {
        self.purpose = purpose
        self.isReplacing = isReplacing
        self.proof = proof
        self.expect = expect
    }

    package var json: JSONValue {
        [
            "purpose": .string(purpose.rawValue),
            "replace": isReplacing ? true : nil,
            "proof": proof?.json,
            "expect": expect.map { .string($0) },
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        guard let purpose = Purpose(rawValue: try fields.string("purpose")) else { throw ShapeError("purpose") }
        self.purpose = purpose
        isReplacing = try fields.flag("replace")
        guard !isReplacing || purpose == .restore else { throw ShapeError("replace") }
        if let json = fields["proof"] { proof = try SlotProof(json: json) }
        guard proof != nil || purpose == .check else { throw ShapeError("proof") }
        expect = try fields.stringIfPresent("expect")
        guard expect?.utf8.count ?? 0 <= 64 else { throw ShapeError("expect") }
    }

    /// Segments that come with it.
    package var segments: Int { (proof?.segments ?? 0) + 1 }
}
