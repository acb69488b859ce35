/// The bounds within which a cost from a file is accepted, checked before a byte is allocated.
package struct Argon2Limits: Hashable, Sendable {
    /// The most memory for one derivation, KiB.
    package var memory: UInt64
    /// The most work for one derivation: passes × KiB.
    package var work: UInt64
    /// Whether a cost under `Argon2Cost.floor` is accepted.
    package var belowFloor: Bool

    /// 4 GiB-passes: about 15 s on one core.
    package static let mostWork: UInt64 = 4 * 1_024 * 1_024

    package init(memory: UInt64, work: UInt64 = mostWork, belowFloor: Bool = false) {
        self.memory = memory
        self.work = work
        self.belowFloor = belowFloor
    }

    /// The bounds of this machine: half of the smaller of its memory and its control group's, and 4 GiB-passes.
    package static func here() -> Argon2Limits { Argon2Limits(memory: MachineMemory.limit() / 2) }

    /// - Throws: `.tooCheap` or `.tooDear`.
    package func check(_ cost: Argon2Cost) throws(Argon2Error) {
        if !belowFloor, cost.passes < Argon2Cost.floor.passes || cost.memory < Argon2Cost.floor.memory {
            throw .tooCheap(cost)
        }
        let allowed = min(memory, work / UInt64(max(cost.passes, 1)))
        guard UInt64(cost.memory) <= allowed else { throw .tooDear(cost, allowed: UInt32(clamping: allowed)) }
    }
}

extension Argon2Cost {
    /// What a new vault should use on this machine: the standard cost; where a quarter of the memory limit is less than
    /// that, less memory and as many more passes, but never less than the floor.
    package static func recommended(limit: UInt64 = MachineMemory.limit()) -> Argon2Cost {
        let quarter = UInt32(clamping: limit / 4)
        guard quarter < standard.memory else { return standard }
        let memory = max(quarter, floor.memory)
        let work = UInt64(standard.passes) * UInt64(standard.memory)
        return Argon2Cost(passes: UInt32((work + UInt64(memory) - 1) / UInt64(memory)), memory: memory)
    }
}
