/// Rows under headings, columns aligned, two spaces between them.
package struct Table {
    package struct Column {
        package let heading: String
        /// Numbers stand to the right.
        package let right: Bool
        /// May be shortened with "…" when the terminal is narrow.
        package let shrinks: Bool

        package init(_ heading: String, right: Bool = false, shrinks: Bool = false) {
            self.heading = heading
            self.right = right
            self.shrinks = shrinks
        }
    }

    private let columns: [Column]
    private var rows: [(cells: [Phrase], below: [Phrase]?)] = []

    package init(_ columns: [Column]) { self.columns = columns }

    package var isEmpty: Bool { rows.isEmpty }

    /// - Precondition: as many cells as columns.
    package mutating func add(_ cells: [Phrase], below: [Phrase]? = nil) {
        precondition(cells.count == columns.count)
        rows.append((cells, below))
    }

    /// The lines, no wider than `width` as far as shrinking columns allow (12 columns stay of each).
    package func lines(width: Int?) -> [[Phrase]] {
        var widths = columns.indices.map { index in
            max(columns[index].heading.count, rows.map { $0.cells[index].columns }.max() ?? 0)
        }
        if let width {
            var over = widths.reduce(0, +) + 2 * (columns.count - 1) - width
            while over > 0,
                let widest = columns.indices.filter({ columns[$0].shrinks && widths[$0] > 12 })
                    .max(by: { widths[$0] < widths[$1] })
            {
                widths[widest] -= 1
                over -= 1
            }
        }
        var lines: [[Phrase]] = [line(columns.map { Phrase($0.heading, .quiet) }, widths, heading: true)]
        for row in rows {
            lines.append(line(row.cells, widths, heading: false))
            if let below = row.below { lines.append(below) }
        }
        return lines
    }

    private func line(_ cells: [Phrase], _ widths: [Int], heading: Bool) -> [Phrase] {
        var line: [Phrase] = []
        for (index, cell) in cells.enumerated() {
            var cell = cell
            var columns = cell.columns
            if columns > widths[index] {
                cell = shortened(cell, to: widths[index])
                columns = widths[index]
            }
            let padding = String(repeating: " ", count: max(0, widths[index] - columns))
            let last = index == cells.count - 1
            if self.columns[index].right && !heading {
                line.append(Phrase(padding))
                line.append(cell)
            } else {
                line.append(cell)
                if !last { line.append(Phrase(padding)) }
            }
            if !last { line.append("  ") }
        }
        while let end = line.last, end.text.allSatisfy({ $0 == " " }) { line.removeLast() }
        return line
    }

    private func shortened(_ cell: Phrase, to width: Int) -> Phrase {
        var text = ""
        var used = 0
        for character in Visible.text(cell.text) {
            let more = Phrase.columns(character)
            guard used + more <= width - 1 else { break }
            text.append(character)
            used += more
        }
        return Phrase(text + "…", cell.tone)
    }
}
