/// The state of this process's secret memory, for `doctor` and `status`.
package struct LockedMemory: Equatable, Sendable {
    /// Bytes in use now.
    package var inUse: Int
    /// The most bytes in use at one time so far.
    package var highWater: Int
    /// Bytes of the pool, mapped from the system.
    package var mapped: Int
    /// Whether every mapping is locked, so that nothing of it reaches swap. `false`: the system refused at least once.
    package var locked: Bool

    package static var now: LockedMemory { LockedMemory(inUse: 0, highWater: 0, mapped: 0, locked: true) }
}
