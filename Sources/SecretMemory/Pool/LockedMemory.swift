private import Synchronization

/// The state of this process's secret memory, for `doctor` and `status`.
package struct LockedMemory: Equatable, Sendable {
    /// Bytes of the blocks in use now.
    package var inUse: Int
    /// The most bytes in use at one time so far.
    package var highWater: Int
    /// Bytes mapped from the system, in use or kept for reuse.
    package var mapped: Int
    /// Whether every mapping so far was locked, so that nothing of it reaches swap. `false`: the system refused at least
    /// once (`RLIMIT_MEMLOCK`), and secrets may have been in memory that can be swapped.
    package var locked: Bool

    package static var now: LockedMemory { SlabPool.shared.withLock { $0.status } }

    /// Wipes every secret of this process where it lies, without asking its owner: for a copy of a process that has other
    /// things to do. Nothing that was secret before has a meaning afterwards.
    package static func forgetAll() { SlabPool.shared.withLock { $0.forgetAll() } }
}
