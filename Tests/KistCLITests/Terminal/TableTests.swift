import Testing

@testable import KistCLI

@Suite struct TableTests {
    private func text(_ table: Table, width: Int?) -> [String] {
        table.lines(width: width).map { $0.map(\.text).joined() }
    }

    @Test func columnsAreAlignedAndNothingTrails() {
        var table = Table([.init("NAME"), .init("TIME", right: true), .init("NOTE")])
        table.add(["kumo", "142 ms", ""])
        table.add(["a-longer-name", "8 ms", "x"], below: ["  below"])
        #expect(
            text(table, width: nil) == [
                "NAME           TIME    NOTE", "kumo           142 ms", "a-longer-name    8 ms  x", "  below",
            ])
    }

    @Test func aNarrowTerminalShortensWhatMayShrink() {
        var table = Table([.init("NAME"), .init("WHERE", shrinks: true)])
        table.add(["kumo", "a-very-long-host-name.example.com"])
        let lines = text(table, width: 30)
        #expect(lines.allSatisfy { $0.count <= 30 })
        #expect(lines[1] == "kumo  a-very-long-host-name.e…")
    }

    @Test func wideCharactersCountTwice() {
        #expect(Phrase("東京").columns == 4)
    }
}
