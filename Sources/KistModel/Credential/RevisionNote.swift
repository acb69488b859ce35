/// One line of a credential's history.
package struct RevisionNote: Hashable, Sendable {
    package var revision: UInt64
    package var when: Timestamp
    /// The program that asked, as far as it is known ("kist add", advisory).
    package var who: String
    /// What it was for ("add", "edit", "restore of 17", "import .env").
    package var why: String

    package init(revision: UInt64, when: Timestamp, who: String, why: String) {
        self.revision = revision
        self.when = when
        self.who = who
        self.why = why
    }
}
