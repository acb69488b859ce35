/// The bounds within which a cost from a file is accepted.
package struct Argon2Limits: Hashable, Sendable {
    /// The most memory for one derivation, KiB.
    package var memory: UInt64
    /// The most work for one derivation: passes × KiB.
    package var work: UInt64
    /// Whether a cost under `Argon2Cost.floor` is accepted.
    package var belowFloor: Bool

    package init(memory: UInt64, work: UInt64 = 4 * 1_024 * 1_024, belowFloor: Bool = false) {
        self.memory = memory
        self.work = work
        self.belowFloor = belowFloor
    }

    /// The bounds of this machine: half of the smaller of its memory and the control group's, and 4 GiB-passes.
    package static func here() -> Argon2Limits { Argon2Limits(memory: 4 * 1_024 * 1_024) }
}

extension Argon2Cost {
    /// What a new vault should use on this machine: the standard cost, with less memory (and as many more passes) where
    /// a quarter of the limit is less than that; never under the floor.
    package static func recommended() -> Argon2Cost { .standard }
}
