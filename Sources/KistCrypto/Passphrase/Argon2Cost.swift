/// What one derivation costs: passes over an amount of memory, on one lane.
package struct Argon2Cost: Hashable, Sendable {
    package let passes: UInt32
    /// KiB.
    package let memory: UInt32

    package init(passes: UInt32, memory: UInt32) {
        self.passes = passes
        self.memory = memory
    }

    /// The least that is accepted: 2 passes over 19 MiB (OWASP's and ASVS 5.0's minimum), about 0.05 s.
    package static let floor = Argon2Cost(passes: 2, memory: 19 * 1_024)
    /// What new vaults use: 3 passes over 256 MiB (libsodium's MODERATE), about 0.8 s.
    package static let standard = Argon2Cost(passes: 3, memory: 256 * 1_024)
}

/// Why a derivation was refused, before any memory was taken (`noMemory`: the system had none to give).
package enum Argon2Error: Error, Equatable, Sendable {
    /// Cheaper than the floor: guessing would be cheap too.
    case tooCheap(Argon2Cost)
    /// Dearer than this machine allows; `allowed` KiB is the most for that number of passes.
    case tooDear(Argon2Cost, allowed: UInt32)
    case noMemory(Argon2Cost)
}
