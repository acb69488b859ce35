import KistPosix
import Testing

@Suite struct VigilTests {
    @Test func itLooksUntilItIsThere() {
        let vigil = Vigil()
        var looks = 0
        // Where others have the processor for long, it gives up; then it is asked again.
        while looks < 3 {
            _ = vigil.keep(for: 600_000_000_000) {
                looks += 1; return looks >= 3
            }
        }
        #expect(looks == 3)
    }

    @Test func itEndsWithItsSpan() {
        let start = BootClock.nanoseconds
        #expect(!Vigil().keep(for: 1_000_000) { false })
        #expect(BootClock.nanoseconds - start >= 1_000_000)
    }

    /// A look that takes longer than the span stands for others who have the processor.
    @Test func whereTheProcessorIsWantedNobodyStaysAwake() {
        let vigil = Vigil()
        var looks = 0
        #expect(
            !vigil.keep(for: 1_000_000) {
                looks += 1; BootClock.sleep(milliseconds: 5); return false
            })
        #expect(looks == 2)
        let rest = BootClock.nanoseconds + 90_000_000
        let isKept = vigil.keep(for: 1_000_000) {
            looks += 1; return true
        }
        if BootClock.nanoseconds < rest { #expect(!isKept && looks == 2) }
        BootClock.sleep(milliseconds: 110)
        #expect(vigil.keep(for: 600_000_000_000) { true })
    }
}
