package import KistVault

/// The agent's spans and bounds. Times are nanoseconds on `AgentClock.nanoseconds`.
package struct Limits: Sendable {
    /// An unlocked vault that nobody uses locks itself after this.
    package var idle: Int64 = .seconds(15 * 60)
    /// An unlocked vault locks itself after this in any case.
    package var maximum: Int64 = .seconds(8 * 3_600)
    /// A locked agent that nobody asks anything ends after this.
    package var lockedIdle: Int64 = .seconds(10 * 60)
    /// How long an unlock waits for another agent to let go of the vault.
    package var lockWait: Int64 = .seconds(5)
    /// A frame that was begun must be whole after this.
    package var frame: Int64 = .seconds(10)
    /// An answer must be taken up after this.
    package var answer: Int64 = .seconds(30)
    /// How long the agent stays awake for the next request of somebody who was just answered.
    package var vigil: Int64 = .microseconds(60)
    /// How long reads of several turns leave each other the lock of the vault's file.
    package var held: Int64 = .milliseconds(2)
    /// How often the agent looks whether its socket is still there.
    package var socketCheck: Int64 = .seconds(3)
    /// Connections at one time; the one that has been waiting longest makes room for a new one.
    package var clients = 2_048
    /// Bytes of begun frames of all clients together.
    package var incomingBytes = 64 << 20
    /// Bytes of the secrets of one batch that comes in several frames, and of its headers.
    package var batchBytes = 32 << 20
    /// Items of one batch.
    package var batchItems = 65_536
    /// Bytes of headers and secrets of the unfinished batches of all clients together.
    package var allBatchBytes = 96 << 20
    /// A batch that was begun must be whole after this.
    package var batch: Int64 = .seconds(120)
    /// A backup that comes in must be whole after this.
    package var intake: Int64 = .seconds(3_600)
    /// Bytes of the secrets of one revelation.
    package var revealedBytes = 32 << 20
    /// Unlocks waiting for their turn.
    package var unlocks = 16
    /// The first pause after a wrong key; it doubles with each further one.
    package var firstPause: Int64 = .milliseconds(100)
    /// The longest pause after a wrong key.
    package var longestPause: Int64 = .seconds(10)
    /// Wrong values in a row that are compared with stored ones without a pause.
    package var guesses: Int64 = 16
    /// After these, and until they are forgotten, one in this time.
    package var guessPause: Int64 = .seconds(10)

    /// A person who is asked has this long.
    package var prompt: Int64 = .seconds(60)
    /// After a no, nobody is asked for this long.
    package var promptRest: Int64 = .seconds(5)
    /// Entries of the audit log are durable after this at most.
    package var auditSync: Int64 = .milliseconds(900)
    /// Sizes of the audit log.
    package var audit = AuditLog.Limits()
    /// How long a re-encryption works between two looks at the sockets.
    package var rekeySlice: Int64 = .milliseconds(2)
    /// Rows that it writes with one commit.
    package var rekeyRows = 256
    /// The same while others want something.
    package var rekeyRowsWanted = 8
    /// Others want something when their last request was not longer ago than this.
    package var rekeyQuiet: Int64 = .seconds(2)

    package init() {}
}
