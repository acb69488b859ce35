/// The answer to `rekey` and `rekeyStatus`.
package struct RekeyProgress: Hashable, Sendable {
    package enum Phase: String, CaseIterable, Hashable, Sendable {
        /// There is nothing to do.
        case none
        /// Rows go to the new root.
        case moving
        /// Rows are sealed anew under the new data key.
        case renewing
        /// Every row is opened once more before the former key goes.
        case checking
    }

    package var phase: Phase
    /// Rows of this phase that are done.
    package var done: Int64
    /// Rows in all.
    package var rows: Int64
    /// What stopped it; it goes on when it is asked to, or after the next unlock.
    package var stopped: String?

    package init(phase: Phase, done: Int64 = 0, rows: Int64 = 0, stopped: String? = nil) {
        self.phase = phase
        self.done = done
        self.rows = rows
        self.stopped = stopped
    }

    package var json: JSONValue {
        [
            "phase": .string(phase.rawValue), "done": .integer(done), "rows": .integer(rows),
            "stopped": stopped.map { .string($0) },
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "result")
        guard let phase = Phase(rawValue: try fields.string("phase")) else { throw ShapeError("phase") }
        self.phase = phase
        done = try fields.integer("done")
        rows = try fields.integer("rows")
        stopped = try fields.stringIfPresent("stopped")
    }
}
